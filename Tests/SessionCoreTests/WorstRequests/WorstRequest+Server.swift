/// The worst requests on connections, users and the server itself.
extension WorstRequest {
    static let ofServer = connections + users + server + observation + messages + transactions + scripts + replication

    private static let connections: [WorstRequest] = [
        .init("ping VALUE"), .init("echo VALUE"), .init("auth VALUE VALUE", .silent), .init("select 15"),
        .init("hello 3 setname NAME"), .init("quit"), .init("reset", after: "subscribe c#×1000"), .init("client id"),
        .init("client list", after: "@100× client setname NAME"),
        .init("client list id 1×1000", .closed, after: "client setname NAME"),
        .init("client info", after: "client setname NAME"), .init("client getname", after: "client setname NAME"),
        .init("client setname NAME"), .init("client setname VALUE", .refused), .init("client setinfo lib-name NAME"),
        .init("client kill {id 7}×1000"), .init("client kill {addr VALUE}×50", after: "@100× ping"),
        .init("client no-evict on"), .init("client pause 3155760000000"), .init("client unpause"),
        .init("client reply off", .silent), .init("client unblock 9223372036854775807 error"),
        .init("client tracking on bcast {prefix p#}×256"),
        .init("client tracking on bcast {prefix p}×1000", .refused),
        .init("client tracking on bcast {prefix p#}×1000", .refused),
        .init("client caching yes", after: "client tracking on optin"),
        .init("client trackinginfo", after: "client tracking on bcast {prefix p#}×256"), .init("client getredir"),
        .init("client help"),
    ]

    private static let users: [WorstRequest] = [
        .init("acl cat"), .init("acl cat dangerous"), .init("acl cat VALUE", .refused),
        .init("acl deluser u×1000", after: "acl setuser u on"),
        .init("acl deluser u#×100", after: "100× acl setuser u# on"), .init("acl dryrun default mget k×1000"),
        .init("acl dryrun u get VALUE", after: "acl setuser u on +get"), .init("acl genpass 4096"),
        .init("acl getuser u", after: "acl setuser u on {~k#}×1000 {&c#}×1000 {>p#}×64"),
        .init("acl list", after: "100× acl setuser u# on ~NAME +@all -get"), .init("acl load", .refused),
        .init("acl log 9223372036854775807", after: "acl setuser default -get", "100× get VALUE"),
        .init("acl save", .refused), .init("acl setuser u on {~k#}×1000 {&c#}×1000 {>p#}×64"),
        .init("acl setuser u {~VALUE}×50"), .init("acl setuser u {~k#}×1000"),
        .init("acl setuser u {(~k# +@all)}×64"), .init("acl setuser u {(~k#}×1000", .refused),
        .init("acl setuser u {+@all -@all}×1000"), .init("acl setuser u {+get -get}×1000"),
        .init("acl setuser u {+config|set -config|get}×1000"), .init("acl setuser u {resetkeys ~k}×1000"),
        .init("acl setuser u {+select|#}×1000"), .init("acl setuser u {(+get)}×64 clearselectors {(+set)}×64"),
        .init("acl setuser u VALUE", .refused), .init("acl users", after: "100× acl setuser NAME# on"),
        .init("acl whoami"), .init("acl help"),
    ]

    private static let server: [WorstRequest] = [
        .init("dbsize", after: "mset {k# v}×1000"), .init("flushdb", after: "mset {k# v}×1000"),
        .init("flushall", after: "mset {k# v}×1000", "hset h {f# v}×1000"),
        .init("swapdb 0 1", after: "mset {k# v}×1000"), .init("info everything", after: "@100× client setname NAME"),
        .init("info all×1000"), .init("info VALUE×50"), .init("config get *×1000"), .init("config get port×1000"),
        .init("config get VALUE*×50"), .init("config get *", after: "config set masteruser NAME"),
        .init("config set timeout 5"), .init("config set masteruser NAME"),
        .init("config set masteruser VALUE", .refused),
        .init("config set {timeout 5}×1000", .refused), .init("config set {x# VALUE}×50", .refused),
        .init("config resetstat"), .init("config rewrite", .refused), .init("config help"), .init("command count"),
        .init("command list filterby pattern *"), .init("command list filterby pattern VALUE"),
        .init("command info get×1000", .closed), .init("command info client×1000", .closed),
        .init("command info nosuch×1000"), .init("command docs set×1000", .closed),
        .init("command docs nosuch×1000"), .init("command"), .init("command getkeys mget VALUE×50", .closed),
        .init("command getkeys mget k×1000"), .init("command getkeys zunion 1000 k×1000"),
        .init("command getkeysandflags mset {k v}×10000", .closed), .init("command getkeysandflags mset {k v}×1000"),
        .init("command help"), .init("memory usage k", after: "set k VALUE"),
        .init("memory usage h samples 9223372036854775807", after: "hset h {f# v}×1000"), .init("memory stats"),
        .init("memory doctor"), .init("memory malloc-stats"), .init("memory purge", after: "mset {k# v}×1000"),
        .init("memory help"), .init("debug log VALUE"), .init("debug error VALUE", .refused),
        .init("debug sleep 1e308", .silent), .init("debug object k", after: "set k VALUE"), .init("time"),
        .init("lastsave"), .init("save", .refused), .init("bgsave schedule", .refused),
        .init("bgrewriteaof", .refused), .init("shutdown nosave now force", .silent),
    ]

    private static let observation: [WorstRequest] = [
        .init("monitor"), .init("slowlog get -1", after: "config set slowlog-log-slower-than 0", "100× mget NAME×40"),
        .init("slowlog get 9223372036854775807", after: "config set slowlog-log-slower-than 0", "100× echo VALUE"),
        .init("slowlog len"),
        .init("slowlog reset", after: "config set slowlog-log-slower-than 0", "100× mget NAME×40"),
        .init("slowlog help"), .init("latency doctor", after: "config set latency-monitor-threshold 1"),
        .init("latency graph command", .refused), .init("latency histogram get×1000", after: "get k"),
        .init("latency histogram client×1000", after: "client id", "client info", "client list"),
        .init("latency histogram nosuch×1000"), .init("latency history VALUE"), .init("latency latest"),
        .init("latency reset command×1000"), .init("latency help"), .init("lolwut version 5 9223372036854775807"),
    ]

    private static let messages: [WorstRequest] = [
        .init("subscribe c×1000"), .init("subscribe c#×1000"), .init("subscribe NAME×100"),
        .init("unsubscribe", after: "subscribe c#×1000"), .init("unsubscribe c×1000"),
        .init("unsubscribe c#×1000", after: "subscribe c#×1000"), .init("psubscribe c×1000"),
        .init("psubscribe c#×1000"), .init("punsubscribe", after: "psubscribe c#×1000"),
        .init("punsubscribe c×1000"), .init("publish c VALUE", making: 2_000_000, after: "@100× subscribe c"),
        .init("publish c# VALUE", after: "@100× psubscribe VALUE"),
        .init("pubsub channels", after: "@100× subscribe NAME#"),
        .init("pubsub channels VALUE", after: "@100× subscribe c#"), .init("pubsub numsub c×1000"),
        .init("pubsub numsub VALUE×50", .closed), .init("pubsub numpat"), .init("pubsub help"),
    ]

    private static let transactions: [WorstRequest] = [
        .init("multi"), .init("exec", .closed, after: "set k VALUE", "multi", "1000× get k"),
        .init("exec", after: "multi", "1000× ping"), .init("exec", after: "multi", "50× set k# VALUE"),
        .init("discard", after: "multi", "1000× set k# v"), .init("watch k×1000"), .init("watch k#×1000"),
        .init("unwatch", after: "watch k#×1000"),
    ]

    private static let scripts: [WorstRequest] = [
        .init("eval TAKESLOT 1000 k×1000 slot 10 me", .refused, after: "set k VALUE"),
        .init("eval OBTAIN 1000 k#×1000 NAME 500 10000", making: 500_000),
        .init("eval OBTAIN 1000 k×1000 VALUE 500 10000"), .init("eval VALUE 0", .refused),
        .init("eval_ro TAKESLOT 1000 k×1000 slot 10 me", .refused, after: "set k VALUE"),
        .init("evalsha DIGEST 1000 k×1000 slot 10 me", .refused, after: "set k VALUE", "script load TAKESLOT"),
        .init("evalsha_ro DIGEST 1000 k×1000 slot 10 me", .refused, after: "set k VALUE", "script load TAKESLOT"),
        .init("script debug no"), .init("script exists x×1000"), .init("script exists VALUE×50"),
        .init("script flush"), .init("script kill", .refused), .init("script load TAKESLOT"),
        .init("script load VALUE", .refused), .init("script help"),
    ]

    private static let replication: [WorstRequest] = [
        .init("replicaof VALUE 7000", .refused), .init("replicaof 127.0.0.1 7000"), .init("slaveof no one"),
        .init("psync ? -1", .silent, after: "mset {k# v}×1000", "replconf capa eof"),
        .init("sync", after: "mset {k# v}×1000", "replconf capa eof"),
        .init("replconf {capa NAME}×1000"),
        .init("role"), .init("failover timeout 9223372036854775807", .refused),
    ]
}
