import NIOCore

/// Makes text from elsewhere harmless for a terminal: whatever moves its cursor, changes its state or reorders
/// letters is shown as an escape instead.
enum SafeText {
    /// Control characters (C0, DEL, C1), and what sets the direction of writing or cannot be seen.
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE007F: true
        default: false
        }
    }

    /// - Parameter keepsLines: Whether line feeds and tabs stay.
    static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where keepsLines, "\t" where keepsLines: result.unicodeScalars.append(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{1B}": result += "\\e"
            case _ where isHarmful(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The same for bytes; those that are not UTF-8 are shown as `\xNN`.
    static func escaped(_ bytes: ByteBuffer) -> String {
        if let text = String(validating: bytes.readableBytesView, as: UTF8.self) {
            return escaped(text, keepsLines: true)
        }
        return bytes.readableBytesView.map { byte in
            (0x20..<0x7F).contains(byte)
                ? String(Unicode.Scalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
