/// Text as a terminal shows it: in cells, of which letters of Chinese, Japanese and Korean and emoji take two.
enum CellText {
    /// East Asian wide and full-width letters; emoji are known by their property.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x20000...0x3FFFD,
    ]

    static func width(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + width($1) }
    }

    private static func width(_ character: Character) -> Int {
        let emojiStyle: Unicode.Scalar = "\u{FE0F}"
        if character.unicodeScalars.contains(emojiStyle) { return 2 }
        // Several scalars that make one sign do not take more than the widest sign.
        return min(character.unicodeScalars.reduce(0) { $0 + width($1) }, 2)
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // Vowels and finals of Korean letters that are written apart join the first one.
        if (0x1160...0x11FF).contains(scalar.value) { return 0 }
        let isWide = scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
        return isWide ? 2 : 1
    }

    /// Cuts what takes more than `cells`, and shows that it did.
    static func cut(_ text: String, to cells: Int) -> String {
        guard width(text) > cells else { return text }
        var left = cells - 1
        let kept = text.prefix { character in
            left -= width(character)
            return left >= 0
        }
        return cells > 0 ? kept + "…" : ""
    }

    static func padded(_ text: String, to cells: Int, isNumber: Bool = false) -> String {
        let space = String(repeating: " ", count: max(cells - width(text), 0))
        return isNumber ? space + text : text + space
    }
}
