import ZaichikWords

/// MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as JSON, for reading. Keys that are no strings, binary
/// data and extensions, which JSON has not, are spelled out as strings. Of any bytes the work grows with their number,
/// however deep they are.
struct MessagePackText {
    private let bytes: [UInt8]
    private var place = 0
    private var json: [UInt8] = []
    /// What is open: how many values are still to come, and whether they are keys and values in turn.
    private var open: [(left: Int, isMap: Bool)] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: nil if the bytes are not one map or array as a whole.
    static func json(_ bytes: [UInt8]) -> [UInt8]? {
        guard let first = bytes.first, isContainer(first) else { return nil }
        var text = MessagePackText(bytes)
        guard text.takeAll(limit: .max), text.place == bytes.count else { return nil }
        return text.json
    }

    /// The beginning of it, about so many bytes.
    static func beginning(_ bytes: [UInt8], _ limit: Int) -> [UInt8] {
        var text = MessagePackText(bytes)
        _ = text.takeAll(limit: limit)
        return text.json
    }

    /// A map or an array. What begins with most of these bytes is no UTF-8.
    static func isContainer(_ byte: UInt8) -> Bool { (0x80...0x9F).contains(byte) || (0xDC...0xDF).contains(byte) }

    /// - Returns: Whether a value was taken as a whole.
    private mutating func takeAll(limit: Int) -> Bool {
        repeat {
            guard json.count < limit, takeValue() else { return false }
            closeFull()
        } while !open.isEmpty
        return true
    }

    private mutating func takeValue() -> Bool {
        guard let kind = next() else { return false }
        let isKey = open.last.map { $0.isMap && $0.left % 2 == 0 } ?? false
        if let last = open.indices.last { open[last].left -= 1 }
        switch kind {
        case 0x00...0x7F: word("\(kind)", isKey)
        case 0xE0...0xFF: word("\(Int8(bitPattern: kind))", isKey)
        case 0x80...0x8F: return begin(Int(kind & 15), isMap: true, isKey)
        case 0x90...0x9F: return begin(Int(kind & 15), isMap: false, isKey)
        case 0xA0...0xBF: return string(Int(kind & 31))
        case 0xC0: word("null", isKey)
        case 0xC2, 0xC3: word(kind == 0xC3 ? "true" : "false", isKey)
        case 0xC4...0xC6: return number(1 << Int(kind - 0xC4)).map { data(Int($0), nil) } ?? false
        case 0xC7...0xC9:
            guard let length = number(1 << Int(kind - 0xC7)), let type = next() else { return false }
            return data(Int(length), type)
        case 0xCA: return number(4).map { real(Double(Float(bitPattern: UInt32($0))), isKey) } ?? false
        case 0xCB: return number(8).map { real(Double(bitPattern: $0), isKey) } ?? false
        case 0xCC...0xCF: return number(1 << Int(kind - 0xCC)).map { word("\($0)", isKey) } != nil
        case 0xD0...0xD3:
            let size = 1 << Int(kind - 0xD0)
            return number(size).map { word("\(Int64(bitPattern: $0 << (64 - 8 * size)) >> (64 - 8 * size))", isKey) }
                != nil
        case 0xD4...0xD8: return next().map { data(1 << Int(kind - 0xD4), $0) } ?? false
        case 0xD9...0xDB: return number(1 << Int(kind - 0xD9)).map { string(Int($0)) } ?? false
        case 0xDC, 0xDD: return number(2 << Int(kind - 0xDC)).map { begin(Int($0), isMap: false, isKey) } ?? false
        case 0xDE, 0xDF: return number(2 << Int(kind - 0xDE)).map { begin(Int($0), isMap: true, isKey) } ?? false
        default: return false
        }
        return true
    }

    private mutating func next() -> UInt8? {
        guard place < bytes.count else { return nil }
        defer { place += 1 }
        return bytes[place]
    }

    /// A number in network byte order.
    private mutating func number(_ size: Int) -> UInt64? {
        guard place + size <= bytes.count else { return nil }
        defer { place += size }
        return bytes[place..<place + size].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func slice(_ length: Int) -> ArraySlice<UInt8>? {
        guard length <= bytes.count - place else { return nil }
        defer { place += length }
        return bytes[place..<place + length]
    }

    // MARK: Writing

    /// What is open has a value in it already.
    private mutating func separate() {
        guard let last = json.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "["), last != UInt8(ascii: ":")
        else {
            return
        }
        json.append(UInt8(ascii: ","))
    }

    private mutating func write(_ text: some Sequence<UInt8>) {
        separate()
        json += text
        // The value of a key is still to come.
        if let top = open.last, top.isMap, top.left % 2 == 1 { json.append(UInt8(ascii: ":")) }
    }

    private mutating func word(_ text: String, _ isKey: Bool) { write((isKey ? "\"\(text)\"" : text).utf8) }

    private mutating func real(_ value: Double, _ isKey: Bool) -> Bool {
        word(value.isFinite || isKey ? "\(value)" : "\"\(value)\"", isKey)
        return true
    }

    private mutating func string(_ length: Int) -> Bool {
        guard let bytes = slice(length) else { return false }
        write(JSONWriter.string(SafeText.text(bytes)))
        return true
    }

    /// - Parameter type: Of an extension; nil for binary data.
    private mutating func data(_ length: Int, _ type: UInt8?) -> Bool {
        guard let bytes = slice(length) else { return false }
        let hex = bytes.prefix(32).map(SafeText.hex).joined(separator: " ") + (length > 32 ? " …" : "")
        let name = type.map { "extension \(Int8(bitPattern: $0)), " } ?? ""
        write("\"<\(name)\(length) bytes> \(hex)\"".utf8)
        return true
    }

    private mutating func begin(_ count: Int, isMap: Bool, _ isKey: Bool) -> Bool {
        // Each value has a byte at least: a larger number cannot be true. A container as a key cannot be shown as JSON.
        guard !isKey, count <= bytes.count - place else { return false }
        separate()
        json.append(isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
        open.append((isMap ? 2 * count : count, isMap))
        return true
    }

    private mutating func closeFull() {
        while let last = open.last, last.left == 0 {
            json.append(last.isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
            open.removeLast()
        }
    }
}
