import Testing

@testable import SessionCore

/// Sessions as the commands on keys see them, and the databases they live in.
@Suite struct SessionsAmongKeysTests {
    private let dialogue = NodeDialogue()

    @Test func ordinaryWritesAreRefused() {
        let token = dialogue.create("USER alice FIELDS 1 a b")
        let key = "__sess__:\(dialogue.handle(token))"
        let refusal = "ERR keys under '__sess__:' are sessions: change them with the SESS* commands"
        for command in [
            "SET * x", "SETEX * 5 x", "PSETEX * 5 x", "GETEX * PERSIST", "GETDEL *", "GETSET * x", "SETNX * x",
            "MSET a 1 * 2",
            "MSETNX * 1", "APPEND * x", "SETRANGE * 1 x", "INCR *", "DECR *", "INCRBY * 1", "INCRBYFLOAT * 1", "DEL *",
            "DEL other *", "UNLINK *", "EXPIRE * 1", "PEXPIRE * 1", "EXPIREAT * 1", "PEXPIREAT * 1", "PERSIST *",
            "RENAME * other", "RENAME other *", "RENAMENX * other", "COPY other *", "MOVE * 1",
            "SET __sess__:anything x", "SET __sess__: x",
        ] {
            let reply = dialogue.run(command.replacing("*", with: key))
            #expect(reply == .error(refusal), "\(command): \(reply)")
        }
        #expect(dialogue.data(token) == ["a": "b"])
        #expect(dialogue.run("SESSTOUCH \(token)") == 1_800_000)
        #expect(dialogue.run("SET __sess_ x") == .simple("OK") && dialogue.run("SET __SESS__:x x") == .simple("OK"))
    }

    @Test func sessionsReadAsHashesWithADeadline() {
        let token = dialogue.create("IDLE 5000 FIELDS 1 a b")
        let handle = dialogue.handle(token)
        let key = "__sess__:\(handle)"
        #expect(dialogue.run("TYPE \(key)") == .simple("hash"))
        #expect(dialogue.run("EXISTS \(key) \(key) \(key):revoked \(key):rotated") == 2)
        #expect(dialogue.run("PTTL \(key)") == 5000)
        #expect(dialogue.run("PEXPIRETIME \(key)") == .integer(NodeDialogue.start + 5000))
        #expect(dialogue.run("GET \(key)").code == "WRONGTYPE")
        #expect(dialogue.run("KEYS *") == [.bulk(Array(key.utf8))])
        #expect(dialogue.run("EXISTS __sess__:\(handle.uppercased()) __sess__: \(key)x \(key):other") == 0)
        dialogue.skip(milliseconds: 5000)
        #expect(dialogue.run("EXISTS \(key)") == 0 && dialogue.run("PTTL \(key)") == -2)
    }

    @Test func tombstonesAndPredecessorsReadAsStrings() {
        let token = dialogue.create("IDLE 1000 MAX 5000")
        let old = "__sess__:\(dialogue.handle(token))"
        let new = dialogue.rotate(token)
        let handle = dialogue.handle(new)
        #expect(dialogue.run("TYPE \(old):rotated") == .simple("string"))
        #expect(dialogue.run("GET \(old):rotated").text == handle)
        #expect(dialogue.run("STRLEN \(old):rotated") == 32)
        #expect(dialogue.run("EXISTS \(old)") == 0)
        dialogue.skip(milliseconds: 999)
        _ = dialogue.run("SESSTOUCH \(new)")
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.run("EXISTS \(old):rotated") == 1, "as long as the session")
        _ = dialogue.run("SESSREVOKE \(new) REASON stolen")
        #expect(dialogue.run("GET __sess__:\(handle):revoked").text == "stolen")
        #expect(dialogue.run("PTTL __sess__:\(handle):revoked") == 4000)
        #expect(dialogue.run("EXISTS __sess__:\(handle)") == 0)
        #expect(dialogue.run("SET __sess__:\(handle):revoked x").code == "ERR")
    }

    @Test func readingAKeyRenewsNothing() {
        let token = dialogue.create("IDLE 5000")
        let key = "__sess__:\(dialogue.handle(token))"
        dialogue.skip(milliseconds: 3000)
        for command in ["TOUCH", "EXISTS", "TYPE", "PTTL", "OBJECT IDLETIME"] { _ = dialogue.run("\(command) \(key)") }
        #expect(dialogue.number("ttl", token) == 2000)
        #expect(dialogue.run("OBJECT IDLETIME \(key)") == 3)
    }

    @Test func databasesAreSeparate() {
        let token = dialogue.create("USER alice FIELDS 1 db 0")
        let other = dialogue.create("USER alice")
        _ = dialogue.run("SESSREVOKE \(other)")
        _ = dialogue.run("SELECT 1")
        #expect(dialogue.run("SESSGET \(token)") == .null && dialogue.run("SESSTOUCH \(token)") == -2)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "NOSESSION")
        #expect(dialogue.run("SESSREVOKE \(token)") == 0 && dialogue.run("SESSREVOKEUSER alice") == 0)
        #expect(dialogue.run("SESSCARD alice") == 0)
        #expect(dialogue.run("SESSCARD") == 1, "the node's count is of all databases")
        #expect(dialogue.create("ID \(other) USER alice LIMIT 1") == other, "tombstones are of their database too")
        _ = dialogue.create("ID \(token)x FIELDS 1 db 1")
        #expect(dialogue.run("SWAPDB 0 1") == .simple("OK"))
        #expect(dialogue.data(token) == ["db": "0"] && dialogue.run("SESSCARD alice") == 1)
        #expect(dialogue.run("SESSSET \(other) FIELDS 1 a b").code == "REVOKED")
        _ = dialogue.run("SELECT 0")
        #expect(dialogue.run("SESSTOUCH \(other)") == 1_800_000)
    }

    @Test func flushingOneDatabase() {
        let kept = dialogue.create("USER alice IDLE 1000")
        _ = dialogue.run("SELECT 1")
        let lost = dialogue.create("USER alice IDLE 500")
        let rotated = dialogue.rotate(dialogue.create("USER bob"))
        _ = dialogue.run("SESSREVOKE \(rotated)")
        #expect(dialogue.run("FLUSHDB") == .simple("OK"))
        #expect(dialogue.run("SESSTOUCH \(lost)") == -2 && dialogue.run("SESSCARD alice") == 0)
        #expect(dialogue.run("SESSSET \(rotated) FIELDS 1 a b").code == "NOSESSION")
        #expect(dialogue.run("SESSCARD") == 1)
        dialogue.advance(milliseconds: 500)
        _ = dialogue.run("SELECT 0")
        #expect(dialogue.run("SESSTOUCH \(kept)") == 1000)
        dialogue.advance(milliseconds: 1000)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0)
        #expect(dialogue.run("SESSCARD") == 0)
    }

    @Test func sessionsExpireInEveryDatabase() {
        dialogue.listen()
        for database in [0, 3, 15] {
            _ = dialogue.run("SELECT \(database)")
            _ = dialogue.create("IDLE \(100 + database)")
        }
        _ = dialogue.heard()
        #expect(dialogue.run("SWAPDB 3 7") == .simple("OK"))
        dialogue.advance(milliseconds: 200)
        #expect(dialogue.heardNames() == ["expired", "expired", "expired"])
        #expect(dialogue.run("SESSCARD") == 0)
    }
}
