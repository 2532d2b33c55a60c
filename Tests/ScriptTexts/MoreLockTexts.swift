/// What further lock libraries send, and what is found in many places.
extension KnownScriptText {
    static let moreLocks: [KnownScriptText] = [
        KnownScriptText(
            "bsm/redislock: obtain",
            #"""
            local function pexpire(ttl)

                for _, key in ipairs(KEYS) do
                    redis.call("pexpire", key, ttl)
                end
            end

            local function canOverrideKeys()
                local offset = tonumber(ARGV[2])

                for _, key in ipairs(KEYS) do
                    if redis.call("getrange", key, 0, offset-1) ~= string.sub(ARGV[1], 1, offset) then
                        return false
                    end
                end
                return true
            end

            local setArgs = {}
            for _, key in ipairs(KEYS) do
                table.insert(setArgs, key)
                table.insert(setArgs, ARGV[1])
            end

            if redis.call("msetnx", unpack(setArgs)) ~= 1 then
                if canOverrideKeys() == false then
                    return false
                end
                redis.call("mset", unpack(setArgs))
            end

            pexpire(ARGV[3])
            return redis.status_reply("OK")
            """#),
        KnownScriptText(
            "bsm/redislock: time left",
            #"""
            local values = redis.call("mget", unpack(KEYS))
            for i, _ in ipairs(KEYS) do
                if values[i] ~= ARGV[1] then
                    return false
                end
            end

            local minTTL = 0
            for _, key in ipairs(KEYS) do
                local ttl = redis.call("pttl", key)

                if ttl > 0 and (minTTL == 0 or ttl < minTTL) then
                    minTTL = ttl
                end
            end
            return minTTL
            """#),
        KnownScriptText(
            "bsm/redislock: refresh",
            #"""
            local values = redis.call("mget", unpack(KEYS))
            for i, _ in ipairs(KEYS) do
                if values[i] ~= ARGV[1] then
                    return false
                end
            end

            for _, key in ipairs(KEYS) do
                redis.call("pexpire", key, ARGV[2])
            end

            return redis.status_reply("OK")
            """#),
        KnownScriptText(
            "bsm/redislock: release",
            #"""
            local values = redis.call("mget", unpack(KEYS))
            for i, _ in ipairs(KEYS) do
                if values[i] ~= ARGV[1] then
                    return false
                end
            end

            redis.call("del", unpack(KEYS))

            return redis.status_reply("OK")
            """#),
        KnownScriptText(
            "bsm/redislock up to 0.9: refresh",
            #"""
            if redis.call("get", KEYS[1]) == ARGV[1] then
                return redis.call("pexpire", KEYS[1], ARGV[2]) else return 0 end
            """#),
        KnownScriptText(
            "bsm/redislock up to 0.9: release",
            #"""
            if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end
            """#),
        KnownScriptText(
            "bsm/redislock up to 0.9: time left",
            #"""
            if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("pttl", KEYS[1]) else return -3 end
            """#),
        KnownScriptText(
            "bsm/redislock up to 0.9: obtain",
            #"""
            if redis.call("set", KEYS[1], ARGV[1], "NX", "PX", ARGV[3]) then return redis.status_reply("OK") end

            local offset = tonumber(ARGV[2])
            if redis.call("getrange", KEYS[1], 0, offset-1) == string.sub(ARGV[1], 1, offset) then
                return redis.call("set", KEYS[1], ARGV[1], "PX", ARGV[3])
            end
            """#),
        KnownScriptText(
            "common: compare and delete",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1] then
                return redis.call('del', KEYS[1])
            else
                return 0
            end
            """#),
        KnownScriptText(
            "common: compare and delete, zero at the end",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1] then
                return redis.call('del', KEYS[1])
            end
            return 0
            """#),
        KnownScriptText(
            "common: compare and delete, or nothing",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1] then
                return redis.call('del', KEYS[1])
            end
            """#),
        KnownScriptText(
            "common: compare and pexpire",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1] then
                return redis.call('pexpire', KEYS[1], ARGV[2])
            else
                return 0
            end
            """#),
        KnownScriptText(
            "common: compare and pexpire, zero at the end",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1] then
                return redis.call('pexpire', KEYS[1], ARGV[2])
            end
            return 0
            """#),
        KnownScriptText(
            "common: compare and expire",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1] then
                return redis.call('expire', KEYS[1], ARGV[2])
            else
                return 0
            end
            """#),
        KnownScriptText(
            "common: compare and expire, zero at the end",
            #"""
            if redis.call('get', KEYS[1]) == ARGV[1] then
                return redis.call('expire', KEYS[1], ARGV[2])
            end
            return 0
            """#),
    ]
}
