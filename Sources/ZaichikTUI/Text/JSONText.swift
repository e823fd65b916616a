/// JSON for reading: on one line without blanks, or indented. Only blanks change, nothing is reordered. Of any bytes the
/// work grows with their number, however deep their brackets are.
enum JSONText {
    /// Whether bytes are an object or an array as a whole.
    static func isDocument(_ bytes: some Collection<UInt8>) -> Bool {
        guard beginsAsJSON(bytes) else { return false }
        var grammar = JSONGrammar()
        for byte in bytes where !grammar.take(byte) { return false }
        return grammar.isWhole
    }

    /// A document, or the beginning of one, without the blanks between its parts.
    static func compact(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var scanner = JSONStrings()
        for byte in bytes where scanner.isInString(at: byte) || !isBlank(byte) { result.append(byte) }
        return result
    }

    /// A document in indented lines.
    ///
    /// - Parameter deepest: The largest indentation, in columns.
    static func indented(_ bytes: some Collection<UInt8>, deepest: Int = 40) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var depth = 0
        var scanner = JSONStrings()
        /// The last byte that is not a blank between parts.
        var last: UInt8 = 0
        func begin() {
            lines.append(line)
            line = Array(repeating: UInt8(ascii: " "), count: min(2 * depth, deepest))
        }
        for byte in bytes {
            let isInString = scanner.isInString(at: byte)
            guard isInString || !isBlank(byte) else { continue }
            if isInString {
                if isOpening(last) { begin() }
                line.append(byte)
                // Not to be taken for a bracket.
                last = UInt8(ascii: "\"")
                continue
            }
            switch byte {
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                // Brackets with nothing between them stay together.
                if !isOpening(last) { begin() }
                line.append(byte)
            default:
                if isOpening(last) { begin() }
                line.append(byte)
                if isOpening(byte) { depth += 1 }
                if byte == UInt8(ascii: ",") { begin() }
                if byte == UInt8(ascii: ":") { line.append(UInt8(ascii: " ")) }
            }
            last = byte
        }
        return lines + [line]
    }

    private static func isOpening(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") }

    private static func beginsAsJSON(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.first { !isBlank($0) }.map(isOpening) ?? false
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}

/// Tells which bytes are within a string, its quotes among them.
struct JSONStrings {
    private var inString = false
    private var escaped = false

    mutating func isInString(at byte: UInt8) -> Bool {
        guard inString else {
            inString = byte == UInt8(ascii: "\"")
            return inString
        }
        if escaped {
            escaped = false
        } else if byte == UInt8(ascii: "\\") {
            escaped = true
        } else if byte == UInt8(ascii: "\"") {
            inString = false
        }
        return true
    }
}
