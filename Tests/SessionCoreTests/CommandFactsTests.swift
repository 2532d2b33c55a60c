import Testing

@testable import SessionCore

/// The table's rows against Redis 7.0.15, each reduced to a fingerprint.
@Suite struct CommandFactsTests {
    /// FNV-1a of `canonical` for what redis-server 7.0.15 answers to `COMMAND INFO` and `COMMAND DOCS`, with the notes
    /// of its key specifications left out.
    static let fingerprints: [String: UInt32] = {
        let list: String = """
            get=8862b7e0 set=29f30f55 setex=4c5cf50f psetex=22e77ceb getex=41de6c7a getdel=7a7f18a5 getset=0caa8f5c \
            setnx=a78fd68d mget=c4840518 mset=77724675 msetnx=17240322 append=faaf06fc strlen=28a68f47 \
            getrange=e3d44bda setrange=6497ab25 substr=1a75a82f incr=25caf8a7 decr=48ff2197 incrby=1f0650be \
            decrby=50de59f6 incrbyfloat=e70199e0 del=95ded9a1 unlink=c3687a81 exists=93b55011 touch=7c7e3448 \
            type=1475897c expire=b28cab6e pexpire=8e45a5d7 expireat=8c7a63c6 pexpireat=004e94e9 ttl=1c1f1e13 \
            pttl=7b6b6097 expiretime=af9a66aa pexpiretime=ec46fb0d persist=b6a1a188 scan=40a7b550 keys=3dd61569 \
            randomkey=bd3ee9cf rename=1168e404 renamenx=0e0c8b46 copy=814cf69b move=31ccfa15 object=35c5d2f3 \
            object|encoding=1752ff6d object|freq=c0ff4683 object|idletime=d956b663 object|refcount=a77f6a94 \
            object|help=fd42ccef hset=1589ca7b hmset=e85df1ef hget=acbf7ef4 hmget=8805d882 hgetall=29c48e9e \
            hdel=38b5d990 hexists=2b70f920 hlen=b92a8bde hkeys=c3852b07 hvals=7a8ec507 hsetnx=915d6dca \
            hincrby=f5ed4c0a hincrbyfloat=cefe9e71 hrandfield=ddc39c4e hstrlen=d623582f hscan=3e3a77aa \
            sadd=1e69ee0c srem=491836a7 sismember=3aa1b588 smismember=e4fe4827 smembers=ce6651df scard=b5f9a6aa \
            spop=44c60e1e srandmember=34f0f4f1 smove=e44b4d89 sscan=35445b81 sinter=e875c513 sintercard=8c1da8c5 \
            sinterstore=8e234644 sunion=802e60c2 sunionstore=dba2705e sdiff=dafbcc23 sdiffstore=98f66249 \
            ping=249c2166 echo=37eb98bb auth=67a88ad3 select=45426c6e hello=932007c7 quit=3dbf104f reset=c6388792 \
            client=cf0d06bf \
            client|id=ca2c0024 client|list=786e2570 client|info=64f58ff4 client|getname=915af1de \
            client|setname=8e26c096 client|kill=8b393b29 client|no-evict=5b8c3cbb client|pause=ce2d5335 \
            client|unpause=c57d5598 client|reply=c0ce24d0 client|tracking=6e1c82ff client|caching=c5ec1d88 \
            client|trackinginfo=57a5597e client|getredir=71d43fab client|help=3f4c96ec dbsize=ecb79751 \
            flushdb=03f18ddd flushall=31b3a247 swapdb=8673ed82 info=ad26bf6a config=96817e67 config|get=018a9b65 \
            config|set=3b63f669 config|resetstat=205c1417 config|help=de89ca45 command=35855614 command|count=195e0ab0 \
            command|list=91f407ba command|info=a0487697 command|docs=735c8f5f command|getkeys=830e56f6 \
            command|getkeysandflags=d5ada978 command|help=8ba2ffdc memory=761051ae memory|usage=3ffc7274 \
            memory|stats=11748dbe memory|help=959763f7 debug=f1ae2735 time=102c8e52 lastsave=4ff7bf44 \
            save=f23871e7 bgsave=ca9cdaed bgrewriteaof=a5ad823e \
            shutdown=769b0618 monitor=a54c520a slowlog=1d8d22aa slowlog|get=51ce3232 \
            slowlog|len=5f164853 slowlog|reset=21d3eeca slowlog|help=2cda8e68 latency=b7399d2a \
            latency|doctor=38e5b41d latency|graph=68c84091 latency|histogram=500d4733 latency|history=7c07f56b \
            latency|latest=5997b60d latency|reset=25bed309 latency|help=81e7aa7f lolwut=4cc47e03 \
            config|rewrite=5dee14fa memory|doctor=d7359a8b memory|malloc-stats=625f117c memory|purge=b3837bd3 \
            client|unblock=883d2f3b subscribe=633bae9f unsubscribe=51ef8d5d psubscribe=8f767058 punsubscribe=58a8747c \
            publish=4dcd3a02 pubsub=888d564c pubsub|channels=23909dec pubsub|numsub=77162e19 pubsub|numpat=e0d31d01 \
            pubsub|help=6d4400d3 zadd=0492f8cb zrem=f17dfd63 zscore=eac7da44 zmscore=d3d584f3 zcard=b3175320 \
            zincrby=28b9bbf8 zrank=e1be168a zrevrank=33f77c4a zcount=6b8d6534 zlexcount=19a59ead zrange=5a9e442f \
            zrangebyscore=e497d253 zrevrangebyscore=2059dd63 zrangebylex=bd602080 zrevrangebylex=7062079a \
            zrevrange=f6b055f3 zrangestore=732e1b62 zremrangebyrank=c2a1fb66 zremrangebyscore=c4d0ec0c \
            zremrangebylex=b8f98307 zpopmin=2200f601 zpopmax=8ecd598f zmpop=d5fe9b16 zrandmember=05cbb6a2 \
            zscan=2e05457d zunion=065896d5 zinter=4b65e85a zdiff=8e3aebe1 zintercard=af90f435 zunionstore=583b0ea5 \
            zinterstore=d67301b4 zdiffstore=590e3a77 \
            multi=c30f53d3 exec=8bb6b282 discard=01b73d67 watch=5e38e95b unwatch=2256c199 \
            acl=1604d2da acl|cat=ea955741 acl|deluser=72ba20a7 acl|dryrun=ce5838e0 \
            acl|genpass=a72a634b acl|getuser=0117a51e acl|list=108a603d acl|load=a1d54cf1 acl|log=b5976c8f \
            acl|save=2f1bf5e2 acl|setuser=c976b0ae acl|users=72ea6e76 acl|whoami=1eb094dc acl|help=db13df6c \
            eval=686f0045 evalsha=3780ff92 eval_ro=9045b714 evalsha_ro=d2b441c4 script=ee60c442 script|load=e3eaebf0 \
            script|exists=bc381b6c script|flush=d407c913 script|kill=985f9389 script|debug=c6d34a40 \
            script|help=20b136ea \
            replicaof=4d3e412c slaveof=10b4288d psync=d14afbaf sync=11427485 replconf=ed2a6e8b role=1cce8533 \
            failover=650d06f0 wait=9e1bc1ec
            """
        var fingerprints: [String: UInt32] = [:]
        for entry in list.split(separator: " ") {
            let parts = entry.split(separator: "=")
            fingerprints[String(parts[0])] = UInt32(parts[1], radix: 16)
        }
        return fingerprints
    }()

    /// Commands that Redis 7.0 does not have.
    static let others: Set<CommandID> = [
        .clientSetinfo, .sessCreate, .sessGet, .sessSet, .sessUnset, .sessTouch, .sessRotate, .sessRevoke,
        .sessRevokeUser, .sessList, .sessCard, .waitaof,
    ]

    @Test(arguments: CommandID.allCases)
    func factsAreThoseOfRedis(_ id: CommandID) {
        let table = CommandTable()
        let name = table.fullName(of: id)
        let fingerprint = CommandFactsTests.fingerprints[name]
        guard !CommandFactsTests.others.contains(id) else {
            #expect(fingerprint == nil)
            return
        }
        let text = canonical(id, table)
        #expect(CommandFactsTests.fnv(text) == fingerprint, "facts of \(name): \(text)")
    }

    /// The first nine elements of the `COMMAND INFO` reply in RESP2 as they are sent, then `since`, `group` and the
    /// arguments as `name:type#key'token'@since~deprecated!flag{arguments}`, separated by spaces.
    private func canonical(_ id: CommandID, _ table: borrowing CommandTable) -> String {
        let row = table.rows[Int(id.rawValue)]
        var facts = table.reply("command info \(table.fullName(of: id))")
        let subcommands = row.isContainer ? "*\(row.subcommands.count)\r\n*10\r\n" : "*0\r\n"
        let tail = row.isContainer ? facts.firstRange(of: subcommands) : facts.ranges(of: subcommands).last
        if let tail { facts = String(facts[..<tail.lowerBound]) }
        let arguments = CommandSyntax.parse(row.syntax).map(CommandFactsTests.describe)
        let documentation = ["\(row.since)", "\(row.group.name)"] + arguments
        return facts.dropFirst("*1\r\n*10\r\n".count) + documentation.joined(separator: " ")
    }

    private static func describe(_ argument: CommandArgument) -> String {
        var text = "\(argument.name):\(argument.kind.rawValue)"
        if let index = argument.keyIndex { text += "#\(index)" }
        if let token = argument.token { text += "'\(token)'" }
        if let since = argument.since { text += "@\(since)" }
        if let since = argument.deprecatedSince { text += "~\(since)" }
        if argument.isOptional { text += "!optional" }
        if argument.isMultiple { text += "!multiple" }
        if argument.repeatsToken { text += "!multiple_token" }
        if argument.arguments.isEmpty { return text }
        return text + "{" + argument.arguments.map(describe).joined(separator: " ") + "}"
    }

    private static func fnv(_ text: String) -> UInt32 {
        text.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }

    /// What distinguishes our own commands for proxies and ACL rules.
    @Test(arguments: [
        ("sesscreate", "-1 write,denyoom,fast 0,0,0 @write,@fast,@session"),
        ("sessget", "-2 readonly,fast,may_replicate 1,1,1 @read,@fast,@session"),
        ("sessset", "-4 write,denyoom,fast 1,1,1 @write,@fast,@session"),
        ("sessunset", "-5 write,fast 1,1,1 @write,@fast,@session"),
        ("sesstouch", "-2 write,fast 1,1,1 @write,@fast,@session"),
        ("sessrotate", "-2 write,denyoom,fast 1,1,1 @write,@fast,@session"),
        ("sessrevoke", "-2 write,fast,movablekeys 1,-1,1 @write,@fast,@session"),
        ("sessrevokeuser", "-2 write 1,1,1 @write,@slow,@session"),
        ("sesslist", "-2 readonly 1,1,1 @read,@slow,@session"),
        ("sesscard", "-1 readonly,fast,no_mandatory_keys 1,1,1 @read,@fast,@session"),
        ("client|setinfo", "4 noscript,loading,stale 0,0,0 @slow,@connection"),
    ])
    func factsOfOurOwn(_ name: String, _ facts: String) throws {
        let table = CommandTable()
        let found = table.find(full: name)
        let row = table.descriptor(of: try #require(found))
        let flags = CommandFlags.names.indices.filter { row.flags.rawValue & 1 << UInt32($0) != 0 }
        let categories = ACLCategories.names.indices.filter { row.categories.rawValue & 1 << UInt32($0) != 0 }
        let flagNames = flags.map { "\(CommandFlags.names[$0])" }.joined(separator: ",")
        let categoryNames = categories.map { "@\(ACLCategories.names[$0])" }.joined(separator: ",")
        let range = row.keys.range
        #expect("\(row.arity) \(flagNames) \(range.first),\(range.last),\(range.step) \(categoryNames)" == facts)
    }

    @Test func tokensAreMarkedWhereTheyComeFirst() {
        let table = CommandTable()
        let marked = CommandID.allCases.filter { table.facts(of: $0).flags.contains(.token) }
        #expect(marked == [.sessGet, .sessSet, .sessUnset, .sessTouch, .sessRotate])
    }

    @Test func everyRowIsDocumented() {
        let table = CommandTable()
        for row in table.rows {
            let summary = "\(row.summary)"
            #expect(summary.hasSuffix(".") && summary.first?.isUppercase == true, "\(row.name)")
            #expect(!"\(row.complexity)".isEmpty && row.since.utf8CodeUnitCount >= 5)
            // Only containers have rows below them, and no row is below those.
            #expect(row.subcommands.allSatisfy { $0.subcommands.isEmpty })
        }
    }
}
