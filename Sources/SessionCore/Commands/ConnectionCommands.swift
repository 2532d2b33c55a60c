/// PING and the commands about the connection itself.
extension Node {
    /// PING [message]
    mutating func ping(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 2 { throw .wrongArity(command: "ping") }
        if clients[current].isInSubscribeMode {
            reply.array(2)
            reply.bulk("pong")
            if request.count == 2 { reply.bulk(request[1]) } else { reply.bulk("") }
        } else if request.count == 2 {
            reply.bulk(request[1])
        } else {
            reply.literal("+PONG\r\n")
        }
    }
}
