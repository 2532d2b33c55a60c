extension TraceTests {
    /// Spring Session through Lettuce, which speaks RESP3 and names its library.
    static let springTraces = [
        // spring-projects/spring-session, RedisSessionRepository.java
        Trace(
            "Spring RedisSessionRepository",
            """
            > HELLO 3
            *
            > HMSET spring:session:sessions:a creationTime 1 lastAccessedTime 1 maxInactiveInterval 1800
            OK
            > PEXPIREAT spring:session:sessions:a {now+1800000}
            (integer) 1
            > HGETALL spring:session:sessions:a
            %["creationTime", "1", "lastAccessedTime", "1", "maxInactiveInterval", "1800"]
            > EXISTS spring:session:sessions:a
            (integer) 1
            > HMSET spring:session:sessions:a lastAccessedTime 2 sessionAttr:cart 3
            OK
            > PEXPIREAT spring:session:sessions:a {now+3600000}
            (integer) 1
            > PEXPIRETIME spring:session:sessions:a
            (integer) {now+3600000}
            > EXISTS spring:session:sessions:a
            (integer) 1
            > RENAME spring:session:sessions:a spring:session:sessions:b
            OK
            > PEXPIRETIME spring:session:sessions:b
            (integer) {now+3600000}
            > HGETALL spring:session:sessions:a
            %[]
            > DEL spring:session:sessions:b
            (integer) 1
            > EXISTS spring:session:sessions:b
            (integer) 0
            """),
    ]
}
