/// The grammar of JSON (RFC 8259), a byte at a time. It keeps one byte for each bracket that is open, and calls nothing
/// within itself.
struct JSONGrammar {
    private enum Expected: Equatable {
        /// A value; with `orEnd` the end of an array that is still empty.
        case value(orEnd: Bool)
        /// A member's name; with `orEnd` the end of an object that is still empty.
        case name(orEnd: Bool)
        case colon
        /// A comma, or the end of what is open.
        case next
        /// Blanks.
        case nothing
        case string(isName: Bool)
        case escape(isName: Bool)
        /// So many hexadecimal digits of an escape.
        case digits(Int, isName: Bool)
        /// The rest of a literal.
        case literal(ArraySlice<UInt8>)
        case number(NumberPart)
    }

    private enum NumberPart {
        case sign, zero, whole, point, fraction, exponent, exponentSign, exponentDigits

        /// Whether a number may end here.
        var isEnd: Bool {
            switch self {
            case .zero, .whole, .fraction, .exponentDigits: true
            case .sign, .point, .exponent, .exponentSign: false
            }
        }

        func after(_ byte: UInt8) -> NumberPart? {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            let isExponent = byte | 0x20 == UInt8(ascii: "e")
            switch self {
            case .sign: return isDigit ? (byte == UInt8(ascii: "0") ? .zero : .whole) : nil
            case .zero, .whole:
                if byte == UInt8(ascii: ".") { return .point }
                if isExponent { return .exponent }
                return self == .whole && isDigit ? .whole : nil
            case .point: return isDigit ? .fraction : nil
            case .fraction: return isDigit ? .fraction : isExponent ? .exponent : nil
            case .exponent:
                if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return .exponentSign }
                return isDigit ? .exponentDigits : nil
            case .exponentSign, .exponentDigits: return isDigit ? .exponentDigits : nil
            }
        }
    }

    private var expected = Expected.value(orEnd: false)
    /// The closing brackets that are owed.
    private var open: [UInt8] = []

    /// Whether what was taken is one whole value.
    var isWhole: Bool {
        if case .number(let part) = expected { return open.isEmpty && part.isEnd }
        return expected == .nothing
    }

    /// - Returns: Whether the byte may stand here.
    mutating func take(_ byte: UInt8) -> Bool {
        switch expected {
        case .string(let isName): return takeInString(byte, isName)
        case .escape(let isName): return takeEscape(byte, isName)
        case .digits(let left, let isName):
            expected = left > 1 ? .digits(left - 1, isName: isName) : .string(isName: isName)
            return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
        case .literal(let rest):
            if rest.count == 1 { endValue() } else { expected = .literal(rest.dropFirst()) }
            return byte == rest.first
        case .number(let part):
            if let next = part.after(byte) {
                expected = .number(next)
                return true
            }
            guard part.isEnd else { return false }
            endValue()
            return takeBetween(byte)
        case .value, .name, .colon, .next, .nothing: return takeBetween(byte)
        }
    }

    /// A byte outside of strings, literals and numbers.
    private mutating func takeBetween(_ byte: UInt8) -> Bool {
        if JSONText.isBlank(byte) { return true }
        switch expected {
        case .value(let orEnd): return orEnd && byte == UInt8(ascii: "]") ? close(byte) : begin(byte)
        case .name(let orEnd):
            if orEnd, byte == UInt8(ascii: "}") { return close(byte) }
            expected = .string(isName: true)
            return byte == UInt8(ascii: "\"")
        case .colon:
            expected = .value(orEnd: false)
            return byte == UInt8(ascii: ":")
        case .next:
            guard byte == UInt8(ascii: ",") else { return close(byte) }
            expected = open.last == UInt8(ascii: "}") ? .name(orEnd: false) : .value(orEnd: false)
            return true
        default: return false
        }
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"):
            open.append(UInt8(ascii: "}"))
            expected = .name(orEnd: true)
        case UInt8(ascii: "["):
            open.append(UInt8(ascii: "]"))
            expected = .value(orEnd: true)
        case UInt8(ascii: "\""): expected = .string(isName: false)
        case UInt8(ascii: "t"): expected = .literal(Array("rue".utf8)[...])
        case UInt8(ascii: "f"): expected = .literal(Array("alse".utf8)[...])
        case UInt8(ascii: "n"): expected = .literal(Array("ull".utf8)[...])
        case UInt8(ascii: "-"): expected = .number(.sign)
        case UInt8(ascii: "0"): expected = .number(.zero)
        case UInt8(ascii: "1")...UInt8(ascii: "9"): expected = .number(.whole)
        default: return false
        }
        return true
    }

    private mutating func close(_ byte: UInt8) -> Bool {
        guard open.popLast() == byte else { return false }
        endValue()
        return true
    }

    private mutating func endValue() { expected = open.isEmpty ? .nothing : .next }

    private mutating func takeInString(_ byte: UInt8, _ isName: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): if isName { expected = .colon } else { endValue() }
        case UInt8(ascii: "\\"): expected = .escape(isName: isName)
        default: return byte >= 0x20
        }
        return true
    }

    private mutating func takeEscape(_ byte: UInt8, _ isName: Bool) -> Bool {
        expected = byte == UInt8(ascii: "u") ? .digits(4, isName: isName) : .string(isName: isName)
        return "\"\\/bfnrtu".utf8.contains(byte)
    }
}
