/// What session state providers and caches send.
extension KnownScriptText {
    static let sessions: [KnownScriptText] = [
        KnownScriptText(
            "Laravel: cache, add",
            #"""
            return redis.call('exists',KEYS[1])<1 and redis.call('setex',KEYS[1],ARGV[2],ARGV[1])
            """#),
        KnownScriptText(
            "aspnet-redis-providers: session state, renew",
            #"""
            local dataExists = redis.call('EXISTS', KEYS[1])
            if dataExists == 0 then
                return 1;
            end

            local SessionTimeout = redis.call('GET', KEYS[2])
            if SessionTimeout ~= false then
                redis.call('EXPIRE',KEYS[1], SessionTimeout)
                redis.call('EXPIRE',KEYS[2], SessionTimeout)
            else
                redis.call('EXPIRE',KEYS[1],ARGV[1])
                redis.call('SET', KEYS[2], ARGV[1])
                redis.call('EXPIRE',KEYS[2],ARGV[1])
            end
            return 1
            """#),
        KnownScriptText(
            "aspnet-redis-providers: session state, store",
            #"""
            redis.call('SET', KEYS[1], ARGV[1])
            redis.call('EXPIRE',KEYS[1],ARGV[2])
            redis.call('SET', KEYS[2], ARGV[2])
            redis.call('EXPIRE',KEYS[2],ARGV[2])
            return 1
            """#),
        KnownScriptText(
            "aspnet-redis-providers: session state, lock and read",
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
            if lockValue == ARGV[1] then retArray[2] = redis.call('GET',KEYS[2]) else retArray[2] = '' end

            local SessionTimeout = redis.call('GET',KEYS[3])
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
            "aspnet-redis-providers: session state, read",
            #"""
            local retArray = {}
            local lockValue = ''
            local writeLockValue = redis.call('GET',KEYS[1])
            if writeLockValue ~= false then
               lockValue = writeLockValue
            end
            retArray[1] = lockValue
            if lockValue == '' then retArray[2] = redis.call('GET',KEYS[2]) else retArray[2] = '' end

            local SessionTimeout = redis.call('GET', KEYS[3])
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
            "aspnet-redis-providers: session state, release",
            #"""
            local writeLockValueFromCache = redis.call('GET',KEYS[1])
            if writeLockValueFromCache == ARGV[1] then
                redis.call('DEL',KEYS[1])
            end
            local SessionTimeout = redis.call('GET', KEYS[3])
            if SessionTimeout ~= false then
                redis.call('EXPIRE',KEYS[2], SessionTimeout)
                redis.call('EXPIRE',KEYS[3], SessionTimeout)
            else
                redis.call('EXPIRE',KEYS[2],ARGV[2])
            end
            return 1
            """#),
        KnownScriptText(
            "aspnet-redis-providers: session state, remove",
            #"""
            if ARGV[1] ~= '' then
                local lockValue = redis.call('GET',KEYS[1])
                if lockValue ~=  ARGV[1] then
                    return 1
                end
            end
            redis.call('DEL',KEYS[2])
            redis.call('DEL',KEYS[3])
            redis.call('DEL',KEYS[1])
            """#),
        KnownScriptText(
            "aspnet-redis-providers: session state, update and release",
            #"""
            if ARGV[1] ~= '' then
                local writeLockValueFromCache = redis.call('GET',KEYS[1])
                if writeLockValueFromCache ~= ARGV[1] then
                    return 1
                end
            end
            if tonumber(ARGV[6]) ~= 0 then redis.call('SET', KEYS[2], ARGV[10]) end
            redis.call('EXPIRE',KEYS[2],ARGV[2])
            redis.call('SET', KEYS[3], ARGV[2])
            redis.call('EXPIRE',KEYS[3],ARGV[2])
            redis.call('DEL',KEYS[1])
            """#),
        KnownScriptText(
            "aspnet-redis-providers: output cache, add",
            #"""
            local retVal = redis.call('GET',KEYS[1])
            if retVal == false then
               redis.call('PSETEX',KEYS[1],ARGV[2],ARGV[1])
               retVal = ARGV[1]
            end
            return retVal
            """#),
        KnownScriptText(
            "ASP.NET Core: RedisCache, set",
            #"""
            redis.call('HSET', KEYS[1], 'absexp', ARGV[1], 'sldexp', ARGV[2], 'data', ARGV[4])
            if ARGV[3] ~= '-1' then
              redis.call('EXPIRE', KEYS[1], ARGV[3])
            end
            return 1
            """#),
        KnownScriptText(
            "ASP.NET Core: RedisCache, set, older servers and versions",
            #"""
            redis.call('HMSET', KEYS[1], 'absexp', ARGV[1], 'sldexp', ARGV[2], 'data', ARGV[4])
            if ARGV[3] ~= '-1' then
              redis.call('EXPIRE', KEYS[1], ARGV[3])
            end
            return 1
            """#),
        KnownScriptText(
            "django-redis: incr",
            #"""
            local exists = redis.call('EXISTS', KEYS[1])
            if (exists == 1) then
                return redis.call('INCRBY', KEYS[1], ARGV[1])
            else return false end
            """#),
        KnownScriptText(
            "django-redis: incr, ignoring missing keys",
            #"""
            return redis.call('INCRBY', KEYS[1], ARGV[1])
            """#),
    ]
}
