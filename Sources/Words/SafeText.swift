/// Makes characters visible that a terminal would obey instead of showing them.
///
/// Names, keys and payloads come from anybody. Characters that move the cursor, change the terminal's state, reorder
/// letters or are invisible are spelled out.
public enum SafeText {
    /// Control characters (C0, DEL, C1), and characters that set the direction of writing or are invisible.
    public static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE0FFF: true
        default: false
        }
    }

    /// The spelling of a scalar that is not shown as itself: `␛`, `␡`, `⟨U+202E⟩`.
    public static func spelling(of scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0..<0x20: return String(Unicode.Scalar(0x2400 + scalar.value)!)
        case 0x7F: return "␡"
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "⟨U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "⟩"
        }
    }

    /// Text with everything harmful spelled out.
    ///
    /// Joiners stay where they say how letters or emoji are written (``Joining``).
    ///
    /// - Parameter keepsLines: Whether line feeds and tabs stay.
    public static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = ""
        var joining = Joining()
        var scalars = text.unicodeScalars.makeIterator()
        var waiting = scalars.next()
        while let scalar = waiting {
            waiting = scalars.next()
            let stays =
                switch scalar {
                case "\n", "\t": keepsLines
                default: joining.takes(scalar, before: waiting) || !isHarmful(scalar)
                }
            if stays { result.unicodeScalars.append(scalar) } else { result += spelling(of: scalar) }
        }
        return result
    }

    /// Bytes as text: those that are not UTF-8 are spelled `\xNN`. Harmful characters are still in it.
    @inlinable
    public static func text(_ bytes: some Collection<UInt8>) -> String {
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

    /// Two digits.
    public static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }
}
