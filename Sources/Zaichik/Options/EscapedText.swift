/// Escapes in options: `\n \r \t \0 \\` and `\xHH` for any byte.
enum EscapedText {
    static let forms = #"\n \r \t \0 \\ \xHH"#

    private static let letters: [Character: UInt8] = [
        "n": 0x0A, "r": 0x0D, "t": 0x09, "0": 0x00, "\\": UInt8(ascii: "\\"),
    ]

    /// Reads what follows a backslash.
    ///
    /// - Returns: The byte meant.
    /// - Throws: A ``CommandFailure`` that names the option.
    static func read(_ rest: inout Substring, option: String) throws -> UInt8 {
        let letter = rest.popFirst()
        if let letter, let byte = letters[letter] { return byte }
        if letter == "x", rest.prefix(2).allSatisfy(\.isHexDigit), let byte = UInt8(rest.prefix(2), radix: 16),
            rest.prefix(2).utf8.count == 2
        {
            rest.removeFirst(2)
            return byte
        }
        let shown = letter.map { $0 == "x" ? "x\(rest.prefix(2))" : String($0) } ?? ""
        throw CommandFailure(
            ExitStatus.usage, "'\\\(shown)' in \(option) is not an escape; use one of \(forms)")
    }

    /// The bytes of an option's text with its escapes resolved.
    static func bytes(_ text: String, option: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\" {
                bytes.append(try read(&rest, option: option))
            } else {
                bytes += ArgumentText.bytes(String(character))
            }
        }
        return bytes
    }
}
