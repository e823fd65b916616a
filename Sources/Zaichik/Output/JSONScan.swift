/// Reads bytes as JSON (RFC 8259), strictly and in one pass.
///
/// Nothing is built: a caller gets the pieces that are to be copied, without the white space between them.
struct JSONScan {
    /// How deep objects and arrays may be within each other; programs that read JSON have limits of their own.
    private static let deepest = 200

    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    /// The objects and arrays around this place: whether each is an object.
    private var nest: [Bool] = []

    /// Whether bytes are an object or an array as a whole. Valid UTF-8 is expected.
    ///
    /// - Parameter piece: Called with everything in its order; a string is one piece, with its quotes. What was given
    ///   before is to be thrown away if the answer is no.
    static func isNested(_ bytes: UnsafeRawBufferPointer, piece: (Range<Int>) -> Void) -> Bool {
        var scan = JSONScan(bytes: bytes)
        scan.skipSpace()
        guard let first = scan.peek, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return false }
        guard scan.value(piece) else { return false }
        scan.skipSpace()
        return scan.place == bytes.count
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D { place += 1 }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: sign) else { return false }
        place += 1
        return true
    }

    /// A value with everything in it. Not recursive: a payload may be nested as deep as it is long.
    private mutating func value(_ piece: (Range<Int>) -> Void) -> Bool {
        while true {
            skipSpace()
            let start = place
            if take("{") || take("[") {
                guard nest.count < Self.deepest else { return false }
                let isObject = bytes[start] == UInt8(ascii: "{")
                piece(start..<place)
                nest.append(isObject)
                skipSpace()
                if peek != UInt8(ascii: isObject ? "}" : "]") {
                    guard !isObject || name(piece) else { return false }
                    continue
                }
            } else {
                guard scalar() else { return false }
                piece(start..<place)
            }
            guard let goesOn = afterValue(piece) else { return false }
            if !goesOn { return true }
        }
    }

    /// A value that has no others in it.
    private mutating func scalar() -> Bool {
        switch peek.map({ Unicode.Scalar($0) }) {
        case nil: false
        case "\"": string()
        case "t": word("true")
        case "f": word("false")
        case "n": word("null")
        default: number()
        }
    }

    /// Closes what ends after a value.
    ///
    /// - Returns: Whether another value follows; nil if it is not JSON.
    private mutating func afterValue(_ piece: (Range<Int>) -> Void) -> Bool? {
        while let isObject = nest.last {
            skipSpace()
            let start = place
            if take(",") {
                piece(start..<place)
                skipSpace()
                guard !isObject || name(piece) else { return nil }
                return true
            }
            guard take(isObject ? "}" : "]") else { return nil }
            piece(start..<place)
            nest.removeLast()
        }
        return false
    }

    /// A name and its colon.
    private mutating func name(_ piece: (Range<Int>) -> Void) -> Bool {
        let start = place
        guard string() else { return false }
        piece(start..<place)
        skipSpace()
        let colon = place
        guard take(":") else { return false }
        piece(colon..<place)
        return true
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard place + count <= bytes.count else { return false }
        for index in 0..<count where bytes[place + index] != word.utf8Start[index] { return false }
        place += count
        return true
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let byte = peek {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case ..<0x20: return false
            case UInt8(ascii: "\\"): guard escape() else { return false }
            default: break
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let letter = peek else { return false }
        place += 1
        switch Unicode.Scalar(letter) {
        case "\"", "\\", "/", "b", "f", "n", "r", "t": return true
        case "u":
            guard place + 4 <= bytes.count else { return false }
            for byte in bytes[place..<(place + 4)] where Character(Unicode.Scalar(byte)).hexDigitValue == nil {
                return false
            }
            place += 4
            return true
        default: return false
        }
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0") {
            guard digits() else { return false }
        }
        if take(".") {
            guard digits() else { return false }
        }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = place
        while let byte = peek, (0x30...0x39).contains(byte) { place += 1 }
        return place > start
    }
}
