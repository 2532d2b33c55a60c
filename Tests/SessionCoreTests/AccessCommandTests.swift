import Foundation
import Testing

@testable import SessionCore

/// `ACL` and its subcommands: replies, the log of denied requests, the file of users. Texts are those of redis-server
/// 7.0.15.
@Suite struct AccessCommandTests {
    private let dialogue = NodeDialogue()

    @Test(arguments: [
        ("ACL SETUSER a b c", "-ERR Error in ACL SETUSER modifier 'b': Syntax error"),
        ("ACL SETUSER a (+get ~x", "-ERR Unmatched parenthesis in acl selector starting at '(+get'."),
        ("ACL SETUSER a (>pw", "-ERR Unmatched parenthesis in acl selector starting at '(>(redacted)'."),
        (
            "ACL SETUSER a <pw",
            "-ERR Error in ACL SETUSER modifier '<(redacted)': The password you are trying to remove from the user "
                + "does not exist"
        ),
        ("ACL GETUSER nobody", "$-1"),
        ("ACL DELUSER nobody", ":0"),
        ("ACL DRYRUN nobody GET a", "-ERR User 'nobody' not found"),
        ("ACL DRYRUN default NOSUCH a", "-ERR Command 'NOSUCH' not found"),
        ("ACL DRYRUN default CONFIG NOSUCH a", "-ERR Command 'CONFIG' not found"),
        ("ACL DRYRUN default GET", "-ERR wrong number of arguments for 'get' command"),
        ("ACL DRYRUN default CONFIG", "-ERR wrong number of arguments for 'config' command"),
        ("ACL DRYRUN default CONFIG GET", "-ERR wrong number of arguments for 'config|get' command"),
        ("ACL DRYRUN default GET a", "+OK"),
        ("ACL DRYRUN default COMMAND", "+OK"),
        ("ACL CAT nosuch", "-ERR Unknown category 'nosuch'"),
        ("ACL CAT list", "*0"),
        (
            "ACL CAT a b",
            "-ERR unknown subcommand or wrong number of arguments for 'CAT'. Try ACL HELP."
        ),
        ("ACL WHOAMI", "$7\r\ndefault"),
        ("ACL USERS", "*1\r\n$7\r\ndefault"),
        ("ACL LOG", "*0"),
        ("ACL LOG -1", "*0"),
        ("ACL LOG RESET", "+OK"),
        ("ACL LOG x", "-ERR value is not an integer or out of range"),
        ("ACL LOG 1 2", "-ERR unknown subcommand or wrong number of arguments for 'LOG'. Try ACL HELP."),
        (
            "ACL GENPASS 0",
            "-ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096"
        ),
        (
            "ACL GENPASS 4097",
            "-ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096"
        ),
        ("ACL GENPASS x", "-ERR value is not an integer or out of range"),
        ("ACL GENPASS 1 2", "-ERR unknown subcommand or wrong number of arguments for 'GENPASS'. Try ACL HELP."),
        (
            "ACL SAVE",
            "-ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL "
                + "SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) "
                + "in order to store users in the Redis configuration."
        ),
        ("ACL NOSUCH", "-ERR unknown subcommand 'NOSUCH'. Try ACL HELP."),
    ])
    func replies(_ line: String, _ reply: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(dialogue.send(words) == reply + "\r\n")
    }

    @Test func namesOfUsers() {
        let refused = "-ERR Usernames can't contain spaces or null characters\r\n"
        for name in ["a b", "a\tb", "a\u{0}b"] { dialogue.expect("ACL", "SETUSER", name, gives: refused) }
        let long = String(repeating: "n", count: 513)
        #expect(dialogue.send("ACL", "SETUSER", long).hasPrefix("-ERR Usernames can't be"))
        for name in ["b", "", "ab", "A"] { dialogue.expect("ACL", "SETUSER", name, gives: "+OK\r\n") }
        dialogue.expect("ACL", "USERS", gives: bulks("", "A", "ab", "b", "default"))
    }

    @Test func categories() {
        let all = dialogue.send("ACL", "CAT")
        #expect(all.hasPrefix("*22\r\n$8\r\nkeyspace\r\n") && all.hasSuffix(bulk("session")))
        dialogue.expect(
            "ACL", "CAT", "session",
            gives: bulks(
                "sesscreate", "sessget", "sessset", "sessunset", "sesstouch", "sessrotate", "sessrevoke",
                "sessrevokeuser", "sesslist", "sesscard"))
        #expect(dialogue.send("ACL", "CAT", "DANGEROUS").contains(bulk("acl|setuser")))
    }

    @Test func getuser() {
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        _ = dialogue.send("ACL", "SETUSER", "u", "on", "nopass", ">abc", "%R~a", "~b", "&c", "+get", "(+set ~x)")
        let selector = bulk("commands") + bulk("-@all +set") + bulk("keys") + bulk("~x") + bulk("channels") + bulk("")
        let tail =
            bulk("passwords") + "*1\r\n" + bulk(hash) + bulk("commands") + bulk("-@all +get") + bulk("keys")
            + bulk("%R~a ~b") + bulk("channels") + bulk("&c") + bulk("selectors") + "*1\r\n"
        dialogue.expect(
            "ACL", "GETUSER", "u", gives: "*12\r\n" + bulk("flags") + bulks("on") + tail + "*6\r\n" + selector)
        _ = dialogue.send("HELLO", "3")
        dialogue.expect(
            "ACL", "GETUSER", "u",
            gives: "%6\r\n" + bulk("flags") + "~1\r\n" + bulk("on") + tail + "%3\r\n" + selector)
    }

    @Test func generatedPasswords() {
        dialogue.suppliesEntropy = false
        func supply(_ count: Int) {
            dialogue.modify { $0.supply(entropy: [UInt8](repeating: 0xA5, count: count).span.bytes) }
        }
        // What is asked for is not looked at before it is executed: any password may take the most.
        // As much as 22 tokens take, for which transactions count.
        supply(527)
        dialogue.expect("ACL", "GENPASS", gives: "")
        supply(1)
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == bulk(String(repeating: "a5", count: 32)))
        #expect(dialogue.inspect { $0.execution.entropy.count } == 496)
        supply(2000)
        for (bits, digits) in [("1", 1), ("4", 1), ("5", 2), ("8", 2), ("9", 3), ("4096", 1024)] {
            let password = String(String(repeating: "a5", count: 512).prefix(digits))
            dialogue.expect("ACL", "GENPASS", bits, gives: bulk(password))
        }
    }

    @Test func generatedPasswordsInTransactionsWaitAsAWhole() {
        dialogue.suppliesEntropy = false
        dialogue.expect("MULTI", gives: "+OK\r\n")
        dialogue.expect("ACL", "GENPASS", "8", gives: "+QUEUED\r\n")
        dialogue.expect("ACL", "GENPASS", "8", gives: "+QUEUED\r\n")
        dialogue.expect("EXEC", gives: "")
        dialogue.modify { $0.supply(entropy: [UInt8](repeating: 0x11, count: 2000).span.bytes) }
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == bulks("11", "11"))
    }

    // MARK: The log

    private func denied(_ words: String...) { #expect(dialogue.send(words, on: 1).hasPrefix("-NOPERM")) }

    private func becomeNobody() {
        _ = dialogue.send("ACL", "SETUSER", "u", "on", "nopass", "+get", "~a", "+publish")
        dialogue.expect("AUTH", "u", "x", on: 1, gives: "+OK\r\n")
    }

    @Test func deniedRequestsAreLogged() {
        becomeNobody()
        denied("SET", "secret", "v")
        dialogue.advance(milliseconds: 1500)
        denied("GET", "other")
        denied("PUBLISH", "ch", "m")
        let log = dialogue.send("ACL", "LOG", "2")
        let entry =
            bulk("count") + ":1\r\n" + bulk("reason") + bulk("channel") + bulk("context") + bulk("toplevel")
            + bulk("object") + bulk("ch") + bulk("username") + bulk("u") + bulk("age-seconds") + bulk("0")
            + bulk("client-info")
        #expect(log.hasPrefix("*2\r\n*14\r\n" + entry))
        #expect(log.contains("id=2 addr=127.0.0.1:50000 ") && log.contains(" cmd=publish user=u "))
        let all = dialogue.send("ACL", "LOG")
        #expect(all.hasPrefix("*3\r\n"))
        #expect(all.contains(bulk("reason") + bulk("command")) && all.contains(bulk("object") + bulk("set")))
        #expect(all.contains(bulk("age-seconds") + bulk("1.5")))
        #expect(!all.contains("secret"))
        let info = dialogue.send("INFO", "stats")
        for line in ["cmd:1", "key:1", "channel:1", "auth:0"] {
            #expect(info.contains("acl_access_denied_\(line)\r\n"))
        }
        dialogue.expect("ACL", "LOG", "RESET", gives: "+OK\r\n")
        dialogue.expect("ACL", "LOG", gives: "*0\r\n")
    }

    @Test func whatIsAlikeIsCountedTogetherForAMinute() {
        becomeNobody()
        denied("SET", "a", "v")
        dialogue.advance(milliseconds: 60_000)
        denied("SET", "b", "v")
        #expect(dialogue.send("ACL", "LOG").hasPrefix("*1\r\n*14\r\n" + bulk("count") + ":2\r\n"))
        dialogue.advance(milliseconds: 60_001)
        denied("SET", "b", "v")
        #expect(dialogue.send("ACL", "LOG").hasPrefix("*2\r\n*14\r\n" + bulk("count") + ":1\r\n"))
        denied("GET", "x")
        denied("SET", "b", "v")
        let log = dialogue.send("ACL", "LOG")
        #expect(log.hasPrefix("*3\r\n*14\r\n" + bulk("count") + ":2\r\n" + bulk("reason") + bulk("command")))
    }

    @Test func theLogIsBounded() {
        becomeNobody()
        for index in 0..<150 { denied("GET", "k\(index)") }
        #expect(dialogue.send("ACL", "LOG", "1000").hasPrefix("*128\r\n"))
        #expect(dialogue.send("ACL", "LOG").hasPrefix("*10\r\n"))
        dialogue.expect("CONFIG", "SET", "acllog-max-len", "2", gives: "+OK\r\n")
        denied("GET", String(repeating: "k", count: 1000))
        let log = dialogue.send("ACL", "LOG")
        #expect(log.hasPrefix("*2\r\n") && log.contains(bulk(String(repeating: "k", count: 256))))
        dialogue.expect("CONFIG", "SET", "acllog-max-len", "0", gives: "+OK\r\n")
        denied("GET", "y")
        dialogue.expect("ACL", "LOG", gives: "*0\r\n")
    }

    /// A denied command names neither the token nor the user of a session.
    @Test func tokensAreNotLogged() {
        becomeNobody()
        let token = "0123456789abcdef0123456789abcdef"
        for name in ["SESSGET", "SESSTOUCH", "SESSROTATE", "SESSREVOKE", "SESSLIST"] { denied(name, token) }
        _ = dialogue.send("AUTH", token, "x", on: 1)
        _ = dialogue.send("AUTH", "u", token, on: 1)
        #expect(!dialogue.send("ACL", "LOG").contains(token))
        #expect(dialogue.send("ACL", "LOG").contains(bulk("sessget")))
    }

    @Test func keysThatAreTokensAreNotLogged() {
        var configuration = Configuration()
        configuration.sessionPrefixes = ["sess:"]
        let dialogue = NodeDialogue(configuration)
        _ = dialogue.send("ACL", "SETUSER", "u", "on", "nopass", "+get")
        _ = dialogue.send("AUTH", "u", "x", on: 1)
        _ = dialogue.send("GET", "sess:abc", on: 1)
        _ = dialogue.send("GET", "plain", on: 1)
        let log = dialogue.send("ACL", "LOG")
        #expect(log.contains(bulk("sess:(redacted)")) && log.contains(bulk("plain")) && !log.contains("abc"))
    }

    // MARK: The recipes

    /// Every rule of the article *Access control* is accepted.
    @Test func theRecipesAreRules() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let article = root.appendingPathComponent("Sources/SessionCore/SessionCore.docc/AccessControl.md")
        let lines = try String(contentsOf: article, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("user ") }
        #expect(lines.count > 6)
        let content = lines.joined(separator: "\n").replacing(/>…/, with: ">password")
        let file = AccessFile(Array(content.utf8), path: "f", CommandTable(), allChannels: false)
        #expect(String(decoding: file.problems, as: UTF8.self) == "")
        #expect(file.users.count == lines.count)
    }
}
