/// How a cell looks.
struct Style: Hashable, Sendable {
    /// A colour's number in the terminal's palette; nil for the terminal's own.
    var foreground: UInt8?
    var background: UInt8?
    var attributes: Attributes = []

    static let plain = Style()

    struct Attributes: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let bold = Attributes(rawValue: 1)
        static let dim = Attributes(rawValue: 2)
        static let underline = Attributes(rawValue: 4)
        static let reverse = Attributes(rawValue: 8)
        /// The cell is a part of a picture, which a reversal would change. Terminals do not see it.
        static let graphic = Attributes(rawValue: 16)
    }
}
