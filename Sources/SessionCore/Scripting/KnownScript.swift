/// The scripts that are known: how each is recognised, and what it does.
///
/// To add one: add its text to the tests (`KnownScriptText`), whose failure shows its fingerprint; then a row here, a
/// case of `NativeScript` if none of those there does the same, and a line to the documentation (KnownScripts).
struct KnownScript {
    /// First 16 bytes of the SHA-256 of its canonical text (`ScriptText`), in hexadecimal.
    let fingerprint: StaticString
    let native: NativeScript
    /// Who sends it, and what for: the first of several.
    let name: StaticString

    private init(_ fingerprint: StaticString, _ native: NativeScript, _ name: StaticString) {
        self.fingerprint = fingerprint
        self.native = native
        self.name = name
    }

    /// What the script of this fingerprint does; nil if it is not known. O(known scripts), once for each text.
    static func native(_ fingerprint: Handle) -> NativeScript? {
        table.first { Handle(hexadecimal: $0.fingerprint.bytes) == fingerprint }?.native
    }

    static let table: [KnownScript] = [
        KnownScript("5d947efc55b1fec9458b097038df2479", .compareAndDelete, "phpredis: session lock"),
        KnownScript("f5b76c83428267ac2a98c948b7d9e597", .addEntry, "Laravel: cache, add"),
        KnownScript("5aefe917ab141260f4bc190c0c79c518", .compareRefresh, "Laravel: lock, refresh"),
        KnownScript("0bcaf6baad4a5fc4618bc95fe22edbb0", .takeSlot, "Laravel: concurrency limiter, acquire"),
        KnownScript("459e13b0ac6755a6c26b0a76326fc9e2", .compareDeleteOne, "redis-py: lock, release"),
        KnownScript("150fa34b1b33878f01788a639f09698a", .compareExtendOrReplace, "redis-py: lock, extend"),
        KnownScript("a66d2a5808ee833c408233496cb2357d", .compareExpireOne, "redis-py: lock, reacquire"),
        KnownScript("98e39b9d0f36291f25b020e2a84d278f", .compareExtend, "redis-py 2.10: lock, extend"),
        KnownScript("ac1b548bd5fb88105d098a0425d52c72", .renewSession, "aspnet-redis-providers: session state, renew"),
        KnownScript("7adc4d772b9289dea4a2c54cf7e31b28", .storeSession, "aspnet-redis-providers: session state, store"),
        KnownScript(
            "0464c38f4662fbc1e885c54f460df35d", .lockSession,
            "aspnet-redis-providers: session state, lock and read"),
        KnownScript("57a5de5f3ebfa59d4f1a23e30c16c246", .readSession, "aspnet-redis-providers: session state, read"),
        KnownScript(
            "580f1600b6115ac2e1234db684cecf46", .unlockSession,
            "aspnet-redis-providers: session state, release"),
        KnownScript(
            "d8dea0e551999b86d4f98e6a1d1e96e1", .removeSession,
            "aspnet-redis-providers: session state, remove"),
        KnownScript(
            "8bf8b55b4d3895a4cf52023d84da40c7", .updateSession,
            "aspnet-redis-providers: session state, update and release"),
        KnownScript("57bc67e88a4b2c8df8c04935f3e8010d", .addOrGetEntry, "aspnet-redis-providers: output cache, add"),
        KnownScript(
            "ad492968581e4b3504612cead12baeac", .renewHashSession,
            "aspnet-redis-providers 3 and 4: session state, renew"),
        KnownScript(
            "15fddad070d14aac1af891a4d80775d0", .storeHashSession,
            "aspnet-redis-providers 3 and 4: session state, store"),
        KnownScript(
            "c81fed0b4861ed5dbf89f860770a5279", .lockHashSession,
            "aspnet-redis-providers 3 and 4: session state, lock and read"),
        KnownScript(
            "2cd90034974ef9eef8b081fb0983b831", .readHashSession,
            "aspnet-redis-providers 3 and 4: session state, read"),
        KnownScript(
            "c06ee2e9ca38c9fc639af61fd83b7d69", .unlockHashSession,
            "aspnet-redis-providers 3 and 4: session state, release"),
        KnownScript(
            "ef583fb079065edad5fee855d892a56e", .updateHashSession,
            "aspnet-redis-providers 3 and 4: session state, update and release"),
        KnownScript("8da71f82c7824c7297dd812cad392f78", .setCacheEntryByHset, "ASP.NET Core: RedisCache, set"),
        KnownScript(
            "a61282749daed150a79179d023e26639", .setCacheEntryByHmset,
            "ASP.NET Core: RedisCache, set, older servers and versions"),
        KnownScript("9fd14b0d1b5d18fa00282747160a8b93", .incrementExisting, "django-redis: incr"),
        KnownScript("391e2df3bf6288a98d78748b349f6c13", .increment, "django-redis: incr, ignoring missing keys"),
        KnownScript("a170da7c94d1121ed25c627e9ee42ca5", .redlockAcquire, "node-redlock 4 and 5: acquire"),
        KnownScript("01d046b7d25b8eb66a568235978cd33b", .redlockExtend, "node-redlock 4 and 5: extend"),
        KnownScript("a1b6b9b448c569c134a2b2a93ebb3aa1", .redlockRelease, "node-redlock 4 and 5: release"),
        KnownScript("b72206d6aae1545bc95933c648f49e2b", .setIfMissing, "node-redlock 1 to 3: lock"),
        KnownScript("f5219bcc192dec59688bc307e39d68b5", .compareAndPexpire, "node-redlock 1 to 3: extend"),
        KnownScript("33942b400c05a8ba7cbc94a66c6401c6", .lockOrExtendIfAsked, "redlock-rb: lock"),
        KnownScript("cfa6375592276ac09170905a9d8b8761", .valueAndTimeLeft, "redlock-rb: time left"),
        KnownScript("c4e564add6bdb8a4d922e27b6426a1e8", .lockOrExtend, "redlock-rb 0.1: lock"),
        KnownScript("2afc7cbe215ba41fc919238e7aaad559", .compareExpireZero, "redlock-rb 0.1: extend"),
        KnownScript("b8782dd5702aec9499f3f126ebaa03e2", .compareDeleteOrMissing, "redsync: unlock"),
        KnownScript("a868684115158f2a4c10bb8494e866cb", .compareExpireOrSet, "redsync: extend, taking anew"),
        KnownScript("4536fd27149c567fdb077a5b0b3d08e0", .obtainAll, "bsm/redislock: obtain"),
        KnownScript("ca634c27044f71bc6509a46329f984af", .shortestTimeLeft, "bsm/redislock: time left"),
        KnownScript("0eda107bb6d536a3bbe3f4efb7c17d10", .refreshAll, "bsm/redislock: refresh"),
        KnownScript("71c12e349fbde639a919c404442dc518", .releaseAll, "bsm/redislock: release"),
        KnownScript("639b517e09baae55461defd36de46ff8", .compareAndTimeLeft, "bsm/redislock up to 0.9: time left"),
        KnownScript("c8f12022e19fb2797655df1f92878c59", .obtain, "bsm/redislock up to 0.9: obtain"),
        KnownScript(
            "b9db2f785945b30f48dbb74f2c44156d", .compareAndDelete,
            "common: compare and delete, zero at the end"),
        KnownScript(
            "95f1d68cde9f979bfedd29dd322fb47e", .compareAndDeleteOrNull,
            "common: compare and delete, or nothing"),
        KnownScript(
            "84aeaf0684becfddaceeeb7a074e4c77", .compareAndPexpire,
            "common: compare and pexpire, zero at the end"),
        KnownScript("29cf177739cf77f854b019250bbfc2a4", .compareAndExpire, "common: compare and expire"),
        KnownScript(
            "ba8950786db30a9291c7f332c5997108", .compareAndExpire,
            "common: compare and expire, zero at the end"),
    ]
}
