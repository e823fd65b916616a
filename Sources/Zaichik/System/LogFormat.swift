/// How a line of the log is written.
enum LogFormat: String, CaseIterable, Sendable {
    case text
    case json
}

/// Texts that the broker's log has in quotes.
enum QuotedText {
    private static let escapes: [Character: Character] = ["n": "\n", "r": "\r", "t": "\t", "0": "\0"]

    /// The text that was put into quotes; a text without them as it is.
    static func plain(_ text: String) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        var plain = ""
        var rest = text.dropFirst().dropLast()
        while let sign = rest.popFirst() {
            guard sign == "\\", let escaped = rest.popFirst() else {
                plain.append(sign)
                continue
            }
            if escaped == "u", rest.first == "{", let end = rest.firstIndex(of: "}"),
                let scalar = UInt32(rest[rest.startIndex..<end].dropFirst(), radix: 16).flatMap(Unicode.Scalar.init)
            {
                plain.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: end)...]
            } else {
                plain.append(escapes[escaped] ?? escaped)
            }
        }
        return plain
    }
}
