/// What lock libraries send.
extension KnownScriptText {
    static let locks: [KnownScriptText] = [
        KnownScriptText(
            "phpredis: session lock",
            #"""
            if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end
            """#),
        KnownScriptText(
            "Laravel: lock, refresh",
            #"""
            if redis.call("get",KEYS[1]) == ARGV[1] then
                if tonumber(ARGV[2]) > 0 then
                    return redis.call("expire",KEYS[1],ARGV[2])
                end

                redis.call("persist",KEYS[1])

                return 1
            else
                return 0
            end
            """#),
        KnownScriptText(
            "Laravel: lock, release",
            #"""
            if redis.call("get",KEYS[1]) == ARGV[1] then
                return redis.call("del",KEYS[1])
            else
                return 0
            end
            """#),
        KnownScriptText(
            "Laravel: concurrency limiter, acquire",
            #"""
            for index, value in pairs(redis.call('mget', unpack(KEYS))) do
                if not value then
                    redis.call('set', KEYS[index], ARGV[3], "EX", ARGV[2])
                    return ARGV[1]..index
                end
            end
            """#),
        KnownScriptText(
            "Laravel: concurrency limiter, release",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1]
            then
                return redis.call('del', KEYS[1])
            else
                return 0
            end
            """#),
        KnownScriptText(
            "redis-py: lock, release",
            #"""
            local token = redis.call('get', KEYS[1])
            if not token or token ~= ARGV[1] then
                return 0
            end
            redis.call('del', KEYS[1])
            return 1
            """#),
        KnownScriptText(
            "redis-py: lock, extend",
            #"""
            local token = redis.call('get', KEYS[1])
            if not token or token ~= ARGV[1] then
                return 0
            end
            local expiration = redis.call('pttl', KEYS[1])
            if not expiration then
                expiration = 0
            end
            if expiration < 0 then
                return 0
            end

            local newttl = ARGV[2]
            if ARGV[3] == "0" then
                newttl = ARGV[2] + expiration
            end
            redis.call('pexpire', KEYS[1], newttl)
            return 1
            """#),
        KnownScriptText(
            "redis-py: lock, reacquire",
            #"""
            local token = redis.call('get', KEYS[1])
            if not token or token ~= ARGV[1] then
                return 0
            end
            redis.call('pexpire', KEYS[1], ARGV[2])
            return 1
            """#),
        KnownScriptText(
            "redis-py 2.10: lock, extend",
            #"""
            local token = redis.call('get', KEYS[1])
            if not token or token ~= ARGV[1] then
                return 0
            end
            local expiration = redis.call('pttl', KEYS[1])
            if not expiration then
                expiration = 0
            end
            if expiration < 0 then
                return 0
            end
            redis.call('pexpire', KEYS[1], expiration + ARGV[2])
            return 1
            """#),
        KnownScriptText(
            "node-redlock 4 and 5: acquire",
            #"""
            for i, key in ipairs(KEYS) do
              if redis.call("exists", key) == 1 then
                return 0
              end
            end

            for i, key in ipairs(KEYS) do
              redis.call("set", key, ARGV[1], "PX", ARGV[2])
            end

            return #KEYS
            """#),
        KnownScriptText(
            "node-redlock 4 and 5: extend",
            #"""
            for i, key in ipairs(KEYS) do
              if redis.call("get", key) ~= ARGV[1] then
                return 0
              end
            end

            for i, key in ipairs(KEYS) do
              redis.call("set", key, ARGV[1], "PX", ARGV[2])
            end

            return #KEYS
            """#),
        KnownScriptText(
            "node-redlock 4 and 5: release",
            #"""
            local count = 0
            for i, key in ipairs(KEYS) do

              if redis.call("get", key) == ARGV[1] then
                redis.pcall("del", key)
                count = count + 1
              end
            end

            return count
            """#),
        KnownScriptText(
            "node-redlock 1 to 3: lock",
            #"""
            return redis.call("set", KEYS[1], ARGV[1], "NX", "PX", ARGV[2])
            """#),
        KnownScriptText(
            "node-redlock 1 to 3: unlock",
            #"""
            if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end
            """#),
        KnownScriptText(
            "node-redlock 1 to 3: extend",
            #"""
            if redis.call("get", KEYS[1]) == ARGV[1] then
                return redis.call("pexpire", KEYS[1], ARGV[2]) else return 0 end
            """#),
        KnownScriptText(
            "redlock-rb: unlock",
            #"""
            if redis.call("get",KEYS[1]) == ARGV[1] then
              return redis.call("del",KEYS[1])
            else
              return 0
            end
            """#),
        KnownScriptText(
            "redlock-rb: lock",
            #"""
            if (redis.call("exists", KEYS[1]) == 0 and ARGV[3] == "yes") or redis.call("get", KEYS[1]) == ARGV[1] then
              return redis.call("set", KEYS[1], ARGV[1], "PX", ARGV[2])
            end
            """#),
        KnownScriptText(
            "redlock-rb: time left",
            #"""
            return { redis.call("get", KEYS[1]), redis.call("pttl", KEYS[1]) }
            """#),
        KnownScriptText(
            "redlock-rb 0.1: lock",
            #"""
            if redis.call("exists", KEYS[1]) == 0 or redis.call("get", KEYS[1]) == ARGV[1] then
              return redis.call("set", KEYS[1], ARGV[1], "PX", ARGV[2])
            end
            """#),
        KnownScriptText(
            "redlock-rb 0.1: extend",
            #"""
            if redis.call("get", KEYS[1]) == ARGV[1] then
              redis.call("expire", KEYS[1], ARGV[2])
              return 0
            else
              return 1
            end
            """#),
        KnownScriptText(
            "redsync: unlock",
            #"""
            local val = redis.call("GET", KEYS[1])
            if val == ARGV[1] then
                return redis.call("DEL", KEYS[1])
            elseif val == false then
                return -1
            else
                return 0
            end
            """#),
        KnownScriptText(
            "redsync: extend, taking anew",
            #"""
            if redis.call("GET", KEYS[1]) == ARGV[1] then
                return redis.call("PEXPIRE", KEYS[1], ARGV[2])
            elseif redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2], "NX") then
                return 1
            else
                return 0
            end
            """#),
        KnownScriptText(
            "redsync: extend",
            #"""
            if redis.call("GET", KEYS[1]) == ARGV[1] then
                return redis.call("PEXPIRE", KEYS[1], ARGV[2])
            else
                return 0
            end
            """#),
    ]
}
