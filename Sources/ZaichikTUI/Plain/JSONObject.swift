import ZaichikProtocol

/// A JSON object that is being written, its members in the order in which they came.
struct JSONObject {
    private var members: [String] = []

    /// On one line.
    var text: String { "{\(members.joined(separator: ","))}" }

    mutating func set(_ name: String, _ value: String) { set(name, json: Self.quoted(value)) }
    mutating func set(_ name: String, _ value: UInt64) { set(name, json: String(value)) }
    mutating func set(_ name: String, _ value: Bool) { set(name, json: value ? "true" : "false") }
    mutating func set(_ name: String, _ value: JSONObject) { set(name, json: value.text) }
    mutating func set(_ name: String, _ values: [JSONObject]) {
        set(name, json: "[\(values.map(\.text).joined(separator: ","))]")
    }
    mutating func set(_ name: String, _ values: [String]) {
        set(name, json: "[\(values.map(Self.quoted).joined(separator: ","))]")
    }

    /// Every figure under its name.
    mutating func set<F>(_ figures: FigureRow<F>) {
        for figure in F.allCases { set(figure.name, figures[figure]) }
    }

    private mutating func set(_ name: String, json: String) { members.append("\(Self.quoted(name)):\(json)") }

    /// A text as JSON has it; what a terminal would obey is escaped as well.
    static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { result, scalar in
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        } + "\""
    }
}
