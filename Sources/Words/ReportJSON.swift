/// Reads the JSON of the broker's own topics: an object with texts, whole numbers and objects. Other values are known to be
/// there, and no more. What comes from a peer may be anything, so the depth is bounded and nothing is trusted.
struct ReportJSON {
    private var rest: ArraySlice<UInt8>

    /// Objects within each other.
    private static let deepest = 16

    /// - Returns: nil if the bytes are not one object as a whole.
    static func object(_ bytes: some Collection<UInt8>) -> [String: Report.Value]? {
        var reader = ReportJSON(rest: ArraySlice(bytes))
        guard case .object(let members)? = reader.value(depth: 0) else { return nil }
        reader.skipBlanks()
        return reader.rest.isEmpty ? members : nil
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func value(depth: Int) -> Report.Value? {
        skipBlanks()
        guard let first = rest.first, depth <= Self.deepest else { return nil }
        switch Unicode.Scalar(first) {
        case "{": return members(depth: depth).map(Report.Value.object)
        case "[": return elements(depth: depth) ? .other : nil
        case "\"": return text().map(Report.Value.text)
        case "0"..."9", "-": return number()
        default: return word()
        }
    }

    private mutating func members(depth: Int) -> [String: Report.Value]? {
        guard take("{") else { return nil }
        var members: [String: Report.Value] = [:]
        skipBlanks()
        if take("}") { return members }
        repeat {
            skipBlanks()
            guard let name = text() else { return nil }
            skipBlanks()
            guard take(":"), let value = value(depth: depth + 1) else { return nil }
            members[name] = value
            skipBlanks()
        } while take(",")
        return take("}") ? members : nil
    }

    private mutating func elements(depth: Int) -> Bool {
        guard take("[") else { return false }
        skipBlanks()
        if take("]") { return true }
        repeat {
            guard value(depth: depth + 1) != nil else { return false }
            skipBlanks()
        } while take(",")
        return take("]")
    }

    private mutating func word() -> Report.Value? {
        for word in ["true", "false", "null"] where rest.starts(with: word.utf8) {
            rest.removeFirst(word.utf8.count)
            return .other
        }
        return nil
    }

    /// Whole numbers that are not negative are the only ones that reports have.
    private mutating func number() -> Report.Value? {
        let digits = rest.prefix { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        rest.removeFirst(digits.count)
        let text = String(decoding: digits, as: UTF8.self)
        if let whole = UInt64(text) { return .number(whole) }
        return Double(text) == nil ? nil : .other
    }

    private mutating func text() -> String? {
        guard take("\"") else { return nil }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                bytes += Array(String(scalar).utf8)
            case ..<0x20: return nil
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let letter = rest.popFirst() else { return nil }
        switch Unicode.Scalar(letter) {
        case "\"", "\\", "/": return Unicode.Scalar(letter)
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return unicode()
        default: return nil
        }
    }

    /// Four digits, or eight in two halves; a half alone is replaced.
    private mutating func unicode() -> Unicode.Scalar? {
        guard let first = unit() else { return nil }
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        let after = rest
        guard take("\\"), take("u"), let second = unit(), UTF16.isTrailSurrogate(second) else {
            rest = after
            return "\u{FFFD}"
        }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func unit() -> UInt16? {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        rest.removeFirst(4)
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
