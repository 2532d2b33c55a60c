/// Families of metrics, each with its samples.
struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var content = ""
    /// The family that samples belong to.
    private var name = ""

    /// Begins a family; names get the prefix `cloakroom_`.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = "cloakroom_" + name
        content += "# HELP \(self.name) \(help)\n# TYPE \(self.name) \(kind.rawValue)\n"
    }

    mutating func sample(suffix: String = "", _ labels: [(name: String, value: String)], _ value: Int64) {
        add(suffix, labels, String(value))
    }

    /// - Parameter microseconds: shown as seconds.
    mutating func sample(
        suffix: String = "", _ labels: [(name: String, value: String)], seconds microseconds: Int64
    ) {
        add(suffix, labels, MetricsText.seconds(microseconds))
    }

    /// A family of one sample without labels.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Int64) {
        family(name, kind, help)
        sample([], value)
    }

    mutating func single(_ name: String, _ kind: Kind, _ help: String, seconds microseconds: Int64) {
        family(name, kind, help)
        sample([], seconds: microseconds)
    }

    private mutating func add(_ suffix: String, _ labels: [(name: String, value: String)], _ value: String) {
        content += name + suffix
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(MetricsText.escaped($0.value))\"" }
            content += "{" + pairs.joined(separator: ",") + "}"
        }
        content += " \(value)\n"
    }

    /// Microseconds as seconds, without trailing zeros.
    static func seconds(_ microseconds: Int64) -> String {
        let (whole, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if fraction == 0 { return String(whole) }
        var digits = String(1_000_000 + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
