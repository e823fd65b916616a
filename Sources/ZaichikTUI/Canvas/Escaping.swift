/// Makes visible what a terminal would obey instead of showing it.
///
/// Names, keys and payloads come from anybody. Nothing of them reaches the terminal but scalars that take a known
/// number of columns; the rest is spelled out.
enum Escaping {
    /// How a scalar is written if it is not shown as itself; nothing if it is.
    static func spelling(of scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x00...0x1F: String(Unicode.Scalar(0x2400 + scalar.value)!)
        case 0x7F: "␡"
        case 0x80...0x9F: "\\x" + hex(UInt8(scalar.value))
        case 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
            0xE0000...0xE0FFF:
            named(scalar)
        default: TextWidth.columns(of: scalar) == nil ? named(scalar) : nil
        }
    }

    /// Bytes as text: what is not UTF-8 is spelled `\xNN`. What else must not reach a terminal is spelled by the
    /// canvas, as in every text.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        if let valid = String(validating: bytes, as: UTF8.self) { return valid }
        var text = ""
        var decoder = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = bytes.startIndex
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar):
                text.unicodeScalars.append(UTF8.decode(scalar))
                bytes.formIndex(&position, offsetBy: scalar.count)
            case .error(let length):
                for _ in 0..<length {
                    text += "\\x" + hex(bytes[position])
                    bytes.formIndex(after: &position)
                }
            case .emptyInput: return text
            }
        }
    }

    static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }

    private static func named(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "⟨U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "⟩"
    }
}
