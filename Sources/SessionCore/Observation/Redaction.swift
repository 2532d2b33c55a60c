/// What of a request may be shown to an operator (`MONITOR`, `SLOWLOG`): never a token, a password, a key or a value.
///
/// Shown are the name of the command and, where its syntax has them, option words and the numbers that belong to them:
/// `SET (redacted) (redacted) EX 900`. The rule does not look for what is secret; it shows what is known to be harmless
/// by its place, and nothing else:
///
/// 1. The command's name, and the subcommand's.
/// 2. The arguments that come first and always. Of these integers, Unix times and durations are shown, if they are
///    numbers at all.
/// 3. After them one option word of the syntax after the other, each followed by its arguments, treated as in 2.
/// 4. From the first word on that fits neither, everything is hidden, whatever it is.
/// 5. Of `CONFIG GET` and `CONFIG SET` the names of directives are shown, never values.
struct Redaction {
    /// In place of what is hidden.
    static let placeholder = Directive.placeholder

    /// Whether an argument may be shown if it is a number, or a duration such as `15m`.
    private typealias Place = Bool

    private struct Option {
        /// In lower case.
        let word: [UInt8]
        let places: [Place]
        /// More of the same kind may follow, and how many cannot be told from the syntax: nothing after it is shown.
        let isLast: Bool
    }

    private var leading: [Place] = []
    private var options: [Option] = []
    /// Positions of directives' names repeat from the first argument on, with this step; 0 for no such command.
    private var directiveStep = 0
    /// Words before the arguments: 1, or 2 for a subcommand.
    private let head: Int

    /// The rule for one command, from the syntax in the command table. Cold.
    init(_ row: CommandDescriptor, isSubcommand: Bool) {
        head = isSubcommand ? 2 : 1
        if case .directives(let step) = row.shown { directiveStep = step }
        let arguments = Redaction.flattened(CommandSyntax.parse(row.syntax))
        var index = 0
        while index < arguments.count, let place = Redaction.place(arguments[index]), arguments[index].token == nil {
            leading.append(place)
            index += 1
            // How often it repeats is not known from here on.
            if arguments[index - 1].isMultiple { return }
        }
        for argument in arguments[index...] { collect(argument) }
    }

    /// Blocks without a word of their own, in line with their neighbours.
    private static func flattened(_ arguments: [CommandArgument]) -> [CommandArgument] {
        arguments.flatMap { argument in
            argument.kind == .block && argument.token == nil && !argument.isMultiple
                ? flattened(argument.arguments) : [argument]
        }
    }

    /// Nil if it is no plain argument.
    private static func place(_ argument: CommandArgument) -> Place? {
        switch argument.kind {
        case .integer, .unixTime: true
        case .string: argument.name == "duration"
        case .double, .key, .pattern: false
        case .pureToken, .oneOf, .block: nil
        }
    }

    /// Notes the option words of an argument.
    private mutating func collect(_ argument: CommandArgument) {
        guard let token = argument.token else {
            for member in argument.arguments { collect(member) }
            return
        }
        var places: [Place] = []
        var isLast = argument.isMultiple
        if let place = Redaction.place(argument) {
            places = [place]
        } else {
            for member in Redaction.flattened(argument.arguments) {
                if member.token == nil, let place = Redaction.place(member), !isLast {
                    places.append(place)
                    isLast = member.isMultiple
                } else {
                    // An option word of its own, as in `LIMIT count [REJECT | EVICT]`.
                    collect(member)
                }
                if member.token == nil && member.kind == .block { isLast = true }
            }
        }
        options.append(Option(word: Array(token.lowercased().utf8), places: places, isLast: isLast))
    }

    /// Which words of a request are shown, by position.
    func shown(_ request: borrowing Request) -> [Bool] {
        var shown = Array(repeating: false, count: request.count)
        for index in 0..<min(head, request.count) { shown[index] = true }
        if directiveStep > 0 {
            for index in stride(from: head, to: request.count, by: directiveStep) {
                shown[index] = Directive.named(request[index].text) != nil
            }
            return shown
        }
        var index = head
        func mark(_ places: [Place]) {
            for isNumber in places where index < request.count {
                shown[index] = isNumber && Redaction.isNumber(request[index])
                index += 1
            }
        }
        mark(leading)
        while index < request.count, let option = option(request[index]) {
            shown[index] = true
            index += 1
            mark(option.places)
            if option.isLast { break }
        }
        return shown
    }

    private static func isNumber(_ word: RawSpan) -> Bool {
        parseInteger(word) != nil || ValueFormat.milliseconds(word) != nil
    }

    private func option(_ word: RawSpan) -> Option? {
        for option in options where word.byteCount == option.word.count {
            var isEqual = true
            for index in 0..<word.byteCount {
                let byte = word[index]
                let lower = byte &- 65 < 26 ? byte | 0x20 : byte
                if lower != option.word[index] { isEqual = false }
            }
            if isEqual { return option }
        }
        return nil
    }
}
