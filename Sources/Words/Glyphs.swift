/// What is drawn as a whole: a base with the marks on it, or a picture of several emoji.
public struct Glyph: Equatable, Sendable {
    public var text: String
    public var columns: Int
    /// It is drawn apart from what stands beside it. Terminals do not agree on its width: some draw it as one sign, others its parts side by side. It has the columns of
    /// its parts, and where it is drawn narrower the rest is blank.
    public var isJoined: Bool

    public init(text: String, columns: Int, isJoined: Bool = false) {
        self.text = text
        self.columns = columns
        self.isJoined = isJoined
    }
}

/// The glyphs of a text, in order, with everything spelled out that is harmful (``SafeText``) or of unknown width.
public struct Glyphs: Sequence, IteratorProtocol {
    /// More marks than this go on as the marks of the next glyph, on a dotted circle.
    public static let maximumMarks = 16
    /// More scalars than this do not fit into a cell of curses.
    private static let maximumInCell = 5

    private var scalars: String.UnicodeScalarView.Iterator
    private var waiting: Unicode.Scalar?
    private var spelled: ArraySlice<Glyph> = []
    private var joining = Joining()

    public init(_ text: String) {
        scalars = text.unicodeScalars.makeIterator()
        waiting = scalars.next()
    }

    public mutating func next() -> Glyph? {
        if let glyph = spelled.popFirst() { return glyph }
        guard let scalar = waiting else { return nil }
        if scalar.value >= 0x20, scalar.value < 0x7F {
            waiting = scalars.next()
            joining = Joining()
            if (waiting?.value ?? 0) < 0x80 { return Glyph(text: String(Character(scalar)), columns: 1) }
            return glyph(of: scalar, columns: 1)
        }
        let joins = takeWaiting(scalar)
        guard let columns = joins ? 0 : Self.columns(of: scalar) else {
            spelled = SafeText.spelling(of: scalar).unicodeScalars.map { Glyph(text: String($0), columns: 1) }[...]
            return spelled.popFirst()
        }
        return glyph(of: scalar, columns: columns)
    }

    private mutating func glyph(of base: Unicode.Scalar, columns: Int) -> Glyph {
        // A mark without a base stands on a dotted circle.
        var glyph = Glyph(text: columns == 0 ? "◌" + String(base) : String(base), columns: Swift.max(columns, 1))
        addMarks(of: base, to: &glyph, after: columns == 0 ? 1 : 0)
        while let scalar = waiting, joining.goesOn(scalar, before: after) {
            let joins = takeWaiting(scalar)
            glyph.text.unicodeScalars.append(scalar)
            glyph.isJoined = true
            if joins { continue }
            glyph.columns += Swift.max(Self.columns(of: scalar) ?? 1, 1)
            addMarks(of: scalar, to: &glyph)
        }
        if glyph.text.unicodeScalars.count > Self.maximumInCell { glyph.isJoined = true }
        return glyph
    }

    private mutating func addMarks(of base: Unicode.Scalar, to glyph: inout Glyph, after marks: Int = 0) {
        var count = marks
        while let mark = waiting, count < Self.maximumMarks {
            var look = joining
            let joins = !joining.isInPicture && look.takes(mark, before: nil)
            guard joins || Self.columns(of: mark) == 0 else { return }
            _ = takeWaiting(mark)
            count += 1
            glyph.text.unicodeScalars.append(mark)
            guard Joining.isPresentation(mark), base.properties.isEmoji else { continue }
            // As a picture it is wider than as text, where a terminal knows the difference.
            glyph.columns += mark.value == 0xFE0F && Self.columns(of: base) == 1 ? 1 : 0
            glyph.isJoined = true
        }
    }

    /// The scalar after the one that waits.
    private var after: Unicode.Scalar? {
        var rest = scalars
        return rest.next()
    }

    /// - Returns: Whether it is a joiner at its place.
    private mutating func takeWaiting(_ scalar: Unicode.Scalar) -> Bool {
        waiting = scalars.next()
        return joining.takes(scalar, before: waiting)
    }

    /// - Returns: nil if the scalar is spelled out.
    private static func columns(of scalar: Unicode.Scalar) -> Int? {
        SafeText.isHarmful(scalar) ? nil : TextWidth.columns(of: scalar)
    }
}
