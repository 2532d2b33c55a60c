/// LOLWUT: a picture, and the version it was drawn by.
extension Node {
    /// LOLWUT [VERSION version] [columns]
    ///
    /// Whatever version is asked for, the picture is ours: keys hanging in a cloakroom, each at a hook, no two nights
    /// alike. It ends with the line by which Redis's pictures end.
    mutating func lolwut(_ request: borrowing Request) throws(ReplyError) {
        var hooks = 12
        var index = 1
        if request.count >= 3, request[1].matches("version") {
            _ = try request.integer(2)
            index = 3
        }
        if index < request.count {
            // As Redis clips the size of its own pictures.
            hooks = Int(max(1, min(try request.integer(index), 40)))
        }
        execution.reply.verbatim(
            Cloakroom.picture(hooks: hooks, &execution.random) + "Redis ver. \(Node.redisVersion)\n")
    }
}

/// The picture: a rail, hooks, and on most of them something.
private enum Cloakroom {
    /// What can hang on a hook, three characters wide and four high.
    private static let things: [[String]] = [
        [" | ", "   ", "   ", "   "],
        [" | ", "/_\\", "| |", "|_|"],
        [" | ", "/ \\", "\\_/", " Y "],
        [" | ", "[#]", "   ", "   "],
        [" | ", "/^\\", "\\_/", "   "],
        [" | ", " o ", "-|-", " ^ "],
    ]

    static func picture(hooks: Int, _ random: inout SplitMix64) -> String {
        var chosen: [[String]] = []
        for _ in 0..<hooks { chosen.append(things[Int(random.next() % UInt64(things.count))]) }
        var text = String(repeating: "_", count: hooks * 4 + 1) + "\n"
        for row in 0..<4 {
            var line = ""
            for thing in chosen { line += " " + thing[row] }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text + "\n"
    }
}
