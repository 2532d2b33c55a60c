/// One case per command and subcommand, in the order of the command table: `rawValue` is the row.
///
/// Containers (`client`, `config` …) have a case too, so that counters and rules can be kept per row; what is executed
/// are their subcommands. Only `command` is both.
enum CommandID: UInt16, CaseIterable {
    // String.
    case get, set, setex, psetex, getex, getdel, getset, setnx, mget, mset, msetnx, append, strlen, getrange,
        setrange, substr, incr, decr, incrby, decrby, incrbyfloat
    // Key.
    case del, unlink, exists, touch, type, expire, pexpire, expireat, pexpireat, ttl, pttl, expiretime, pexpiretime,
        persist, scan, keys, randomkey, rename, renamenx, copy, move, object, objectEncoding, objectFreq,
        objectIdletime, objectRefcount, objectHelp, wait, waitaof
    // Hash.
    case hset, hmset, hget, hmget, hgetall, hdel, hexists, hlen, hkeys, hvals, hsetnx, hincrby, hincrbyfloat,
        hrandfield, hstrlen, hscan
    // Set.
    case sadd, srem, sismember, smismember, smembers, scard, spop, srandmember, smove, sscan, sinter, sintercard,
        sinterstore, sunion, sunionstore, sdiff, sdiffstore
    // Sorted set.
    case zadd, zincrby, zrem, zscore, zmscore, zcard, zrank, zrevrank, zcount, zlexcount, zrange, zrevrange,
        zrangebyscore, zrevrangebyscore, zrangebylex, zrevrangebylex, zrangestore, zremrangebyrank, zremrangebyscore,
        zremrangebylex, zpopmin, zpopmax, zmpop, zrandmember, zscan, zunion, zinter, zdiff, zintercard, zunionstore,
        zinterstore, zdiffstore
    // Connection.
    case ping, echo, auth, select, hello, quit, reset, client, clientId, clientList, clientInfo, clientGetname,
        clientSetname, clientSetinfo, clientKill, clientNoEvict, clientPause, clientUnpause, clientReply,
        clientUnblock, clientTracking, clientCaching, clientTrackinginfo, clientGetredir, clientHelp
    // Access control.
    case acl, aclCat, aclDeluser, aclDryrun, aclGenpass, aclGetuser, aclList, aclLoad, aclLog, aclSave, aclSetuser,
        aclUsers, aclWhoami, aclHelp
    // Server.
    case dbsize, flushdb, flushall, swapdb, info, config, configGet, configSet, configResetstat, configRewrite,
        configHelp, command, commandCount, commandList, commandInfo, commandDocs, commandGetkeys,
        commandGetkeysandflags, commandHelp, memory, memoryUsage, memoryStats, memoryDoctor, memoryMallocStats,
        memoryPurge, memoryHelp, debug, time, lastsave, save, bgsave, bgrewriteaof, shutdown
    // Replication.
    case replicaof, slaveof, psync, sync, replconf, role, failover
    // Observation.
    case monitor, slowlog, slowlogGet, slowlogLen, slowlogReset, slowlogHelp, latency, latencyDoctor, latencyGraph,
        latencyHistogram, latencyHistory, latencyLatest, latencyReset, latencyHelp, lolwut
    // PubSub.
    case subscribe, unsubscribe, psubscribe, punsubscribe, publish, pubsub, pubsubChannels, pubsubNumsub,
        pubsubNumpat, pubsubHelp
    // Transactions.
    case multi, exec, discard, watch, unwatch
    // Scripting.
    case eval, evalsha, evalRo, evalshaRo, script, scriptDebug, scriptExists, scriptFlush, scriptKill, scriptLoad,
        scriptHelp
    // Session.
    case sessCreate, sessGet, sessSet, sessUnset, sessTouch, sessRotate, sessRevoke, sessRevokeUser, sessList,
        sessCard
}
