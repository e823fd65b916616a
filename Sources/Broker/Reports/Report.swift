import NIOCore

/// Something that the broker tells in a topic of its own: one JSON object a message.
protocol Report: Sendable {
    /// The key of its message.
    var key: String { get }
    /// The members of its object, in the order in which they are written.
    var members: [(String, ReportValue)] { get }
}

extension Report {
    var json: String { ReportValue.object(members).json }
}

/// A value of a report, as JSON knows it.
enum ReportValue: Sendable {
    case text(String)
    case number(UInt64)
    case list([ReportValue])
    case object([(String, ReportValue)])

    var json: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to json: inout String) {
        switch self {
        case .text(let text): Self.write(text, to: &json)
        case .number(let number): json += String(number)
        case .list(let values):
            json += "["
            for (index, value) in values.enumerated() {
                if index > 0 { json += "," }
                value.write(to: &json)
            }
            json += "]"
        case .object(let members):
            json += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { json += "," }
                Self.write(member.0, to: &json)
                json += ":"
                member.1.write(to: &json)
            }
            json += "}"
        }
    }

    /// Texts come from clients: whatever they have in them, the result is one JSON string.
    private static func write(_ text: String, to json: inout String) {
        json += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            // Beyond what JSON asks for, so that an object stays on one line for every reader of lines.
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value),
                "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        json += "\""
    }
}
