/// What older session state providers send.
extension KnownScriptText {
    static let olderSessions: [KnownScriptText] = [
        KnownScriptText(
            "aspnet-redis-providers 3 and 4: session state, renew",
            #"""
            local dataExists = redis.call('EXISTS', KEYS[1])
            if dataExists == 0 then
                return 1;
            end

            local SessionTimeout = redis.call('HGET', KEYS[2], 'SessionTimeout')
            if SessionTimeout ~= false then
                redis.call('EXPIRE',KEYS[1], SessionTimeout)
                redis.call('EXPIRE',KEYS[2], SessionTimeout)
            else
                redis.call('EXPIRE',KEYS[1],ARGV[1])
                redis.call('HMSET', KEYS[2], 'SessionTimeout', ARGV[1])
                redis.call('EXPIRE',KEYS[2],ARGV[1])
            end
            return 1
            """#),
        KnownScriptText(
            "aspnet-redis-providers 3 and 4: session state, store",
            #"""
            redis.call('HMSET', KEYS[1], unpack(ARGV, 3, ARGV[1]))
            redis.call('EXPIRE',KEYS[1],ARGV[2])
            redis.call('HMSET', KEYS[2], 'SessionTimeout', ARGV[2])
            redis.call('EXPIRE',KEYS[2],ARGV[2])
            return 1
            """#),
        KnownScriptText(
            "aspnet-redis-providers 3 and 4: session state, lock and read",
            #"""
            local retArray = {}
            local lockValue = ARGV[1]
            local locked = redis.call('SETNX',KEYS[1],ARGV[1])
            local IsLocked = true

            if locked == 0 then
                lockValue = redis.call('GET',KEYS[1])
            else
                redis.call('EXPIRE',KEYS[1],ARGV[2])
                IsLocked = false
            end

            retArray[1] = lockValue
            if lockValue == ARGV[1] then retArray[2] = redis.call('HGETALL',KEYS[2]) else retArray[2] = '' end

            local SessionTimeout = redis.call('HGET', KEYS[3], 'SessionTimeout')
            if SessionTimeout ~= false then
                retArray[3] = SessionTimeout
                redis.call('EXPIRE',KEYS[2], SessionTimeout)
                redis.call('EXPIRE',KEYS[3], SessionTimeout)
            else
                retArray[3] = '-1'
            end

            retArray[4] = IsLocked
            return retArray
            """#),
        KnownScriptText(
            "aspnet-redis-providers 3 and 4: session state, read",
            #"""
            local retArray = {}
            local lockValue = ''
            local writeLockValue = redis.call('GET',KEYS[1])
            if writeLockValue ~= false then
               lockValue = writeLockValue
            end
            retArray[1] = lockValue
            if lockValue == '' then retArray[2] = redis.call('HGETALL',KEYS[2]) else retArray[2] = '' end

            local SessionTimeout = redis.call('HGET', KEYS[3], 'SessionTimeout')
            if SessionTimeout ~= false then
                retArray[3] = SessionTimeout
                redis.call('EXPIRE',KEYS[2], SessionTimeout)
                redis.call('EXPIRE',KEYS[3], SessionTimeout)
            else
                retArray[3] = '-1'
            end
            return retArray
            """#),
        KnownScriptText(
            "aspnet-redis-providers 3 and 4: session state, release",
            #"""
            local writeLockValueFromCache = redis.call('GET',KEYS[1])
            if writeLockValueFromCache == ARGV[1] then
                redis.call('DEL',KEYS[1])
            end
            local SessionTimeout = redis.call('HGET', KEYS[3], 'SessionTimeout')
            if SessionTimeout ~= false then
                redis.call('EXPIRE',KEYS[2], SessionTimeout)
                redis.call('EXPIRE',KEYS[3], SessionTimeout)
            else
                redis.call('EXPIRE',KEYS[2],ARGV[2])
            end
            return 1
            """#),
        KnownScriptText(
            "aspnet-redis-providers 3 and 4: session state, update and release",
            #"""
            if ARGV[1] ~= '' then
                local writeLockValueFromCache = redis.call('GET',KEYS[1])
                if writeLockValueFromCache ~= ARGV[1] then
                    return 1
                end
            end
            if tonumber(ARGV[3]) ~= 0 then redis.call('HDEL', KEYS[2], unpack(ARGV, ARGV[4], ARGV[5])) end
            if tonumber(ARGV[6]) ~= 0 then redis.call('HMSET', KEYS[2], unpack(ARGV, ARGV[7], ARGV[8])) end
            redis.call('EXPIRE',KEYS[2],ARGV[2])
            redis.call('HMSET', KEYS[3], 'SessionTimeout', ARGV[2])
            redis.call('EXPIRE',KEYS[3],ARGV[2])
            redis.call('DEL',KEYS[1])
            """#),
    ]
}
