/// The content of one cell, or of two for a wide sign: a base scalar with the marks on it.
public struct Glyph: Equatable, Sendable {
    public var text: String
    public var columns: Int

    public init(text: String, columns: Int) {
        self.text = text
        self.columns = columns
    }
}

/// The glyphs of a text, in order, with everything spelled out that is harmful (``SafeText``) or of unknown width.
///
/// Joined emoji are taken apart, since terminals do not agree on their width. Each part has its own columns.
public struct Glyphs: Sequence, IteratorProtocol {
    /// The most marks on one base that curses takes.
    public static let maximumMarks = 4

    private var scalars: String.UnicodeScalarView.Iterator
    private var waiting: Unicode.Scalar?
    private var spelled: ArraySlice<Glyph> = []

    public init(_ text: String) {
        scalars = text.unicodeScalars.makeIterator()
        waiting = scalars.next()
    }

    public mutating func next() -> Glyph? {
        if let glyph = spelled.popFirst() { return glyph }
        guard let scalar = waiting else { return nil }
        waiting = scalars.next()
        if scalar.value >= 0x20, scalar.value < 0x7F, (waiting?.value ?? 0) < 0x80 {
            return Glyph(text: String(Character(scalar)), columns: 1)
        }
        guard let columns = Self.columns(of: scalar) else {
            spelled = SafeText.spelling(of: scalar).unicodeScalars.map { Glyph(text: String($0), columns: 1) }[...]
            return spelled.popFirst()
        }
        // A mark without a base stands on a dotted circle.
        var text = columns == 0 ? "◌" + String(scalar) : String(scalar)
        addMarks(to: &text)
        return Glyph(text: text, columns: Swift.max(columns, 1))
    }

    private mutating func addMarks(to text: inout String) {
        var count = 0
        while let mark = waiting {
            let joins = mark.value == 0x200D || (0xFE00...0xFE0F).contains(mark.value)
            guard joins || Self.columns(of: mark) == 0 else { return }
            waiting = scalars.next()
            count += 1
            if !joins, count <= Self.maximumMarks { text.unicodeScalars.append(mark) }
        }
    }

    /// - Returns: nil if the scalar is spelled out.
    private static func columns(of scalar: Unicode.Scalar) -> Int? {
        SafeText.isHarmful(scalar) ? nil : TextWidth.columns(of: scalar)
    }
}
