/// JSON for reading: on one line without blanks, or indented. Only blanks change; it is neither checked nor reordered.
enum JSONText {
    /// Without the blanks between its parts; nil if it does not begin as an object or an array.
    static func compact(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        guard beginsAsJSON(bytes) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var scanner = StringScanner()
        for byte in bytes where scanner.isInString(at: byte) || !isBlank(byte) { result.append(byte) }
        return result
    }

    /// In indented lines; nil if it does not begin as an object or an array, or its brackets do not match.
    static func indented(_ bytes: some Collection<UInt8>) -> [[UInt8]]? {
        guard let compact = compact(bytes) else { return nil }
        var lines: [[UInt8]] = [[]]
        var closers: [UInt8] = []
        var scanner = StringScanner()
        func indent() -> [UInt8] { Array(repeating: UInt8(ascii: " "), count: 2 * closers.count) }
        for byte in compact {
            if scanner.isInString(at: byte) {
                lines[lines.count - 1].append(byte)
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                closers.append(byte + 2)
                lines[lines.count - 1].append(byte)
                lines.append(indent())
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard closers.popLast() == byte else { return nil }
                // Brackets with nothing between them stay together.
                if lines[lines.count - 1].allSatisfy(isBlank), let last = lines.dropLast().last?.last, last == byte - 2
                {
                    lines.removeLast()
                } else {
                    lines.append(indent())
                }
                lines[lines.count - 1].append(byte)
            case UInt8(ascii: ","):
                lines[lines.count - 1].append(byte)
                lines.append(indent())
            case UInt8(ascii: ":"): lines[lines.count - 1] += [byte, UInt8(ascii: " ")]
            default: lines[lines.count - 1].append(byte)
            }
        }
        return closers.isEmpty ? lines : nil
    }

    private static func beginsAsJSON(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first(where: { !isBlank($0) }) else { return false }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Tells which bytes are within a string, its quotes among them.
    private struct StringScanner {
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
}
