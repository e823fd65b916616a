/// How many columns text takes in a terminal.
public enum TextWidth {
    /// - Returns: 0, 1 or 2; nil if the scalar cannot be shown as itself.
    public static func columns(of scalar: Unicode.Scalar) -> Int? {
        let value = scalar.value
        if value < 0x7F { return value >= 0x20 ? 1 : nil }
        if value < 0xA0 { return nil }
        if value < 0x300 { return 1 }
        if contains(WidthTables.zero, value) { return 0 }
        if contains(WidthTables.wide, value) { return 2 }
        return contains(WidthTables.unprintable, value) ? nil : 1
    }

    /// The columns of text as it is drawn, with harmful characters spelled out.
    public static func columns(of text: String) -> Int {
        var sum = 0
        for glyph in Glyphs(text) { sum += glyph.columns }
        return sum
    }

    /// The longest beginning that fits; if something is left out, a `…` within the columns says so.
    public static func cut(_ text: String, to columns: Int) -> String {
        guard columns > 0 else { return "" }
        var used = 0
        var fitting = ""
        /// The bytes of the glyphs beside which there is still a column for the `…`.
        var shortened = 0
        for glyph in Glyphs(text) {
            used += glyph.columns
            guard used <= columns else { return String(decoding: fitting.utf8.prefix(shortened), as: UTF8.self) + "…" }
            fitting += glyph.text
            if used < columns { shortened = fitting.utf8.count }
        }
        return fitting
    }

    /// Text filled up to the columns with blanks; numbers stand at the right.
    public static func padded(_ text: String, to columns: Int, isNumber: Bool = false) -> String {
        let space = String(repeating: " ", count: max(columns - self.columns(of: text), 0))
        return isNumber ? space + text : text + space
    }

    /// Lines of whole words; a word that is wider than a line has one for itself.
    public static func words(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if self.columns(of: longer) > columns, !line.isEmpty {
                lines.append(line)
                line = String(word)
            } else {
                line = longer
            }
        }
        return lines + [line]
    }

    /// Lines that are broken wherever they are full. A line has at least one glyph, however few columns there are.
    public static func wrap(_ text: String, _ columns: Int) -> [String] {
        var lines = [""]
        var used = 0
        for glyph in Glyphs(text) {
            if used + glyph.columns > columns, used > 0 {
                lines.append("")
                used = 0
            }
            lines[lines.count - 1] += glyph.text
            used += glyph.columns
        }
        return lines
    }

    /// Binary search in a table of ranges: first, last, first, last…
    private static func contains(_ table: [UInt32], _ value: UInt32) -> Bool {
        var low = 0
        var high = table.count / 2
        while low < high {
            let middle = (low + high) / 2
            if value > table[2 * middle + 1] {
                low = middle + 1
            } else if value < table[2 * middle] {
                high = middle
            } else {
                return true
            }
        }
        return false
    }
}
