/// Checked names side by side, each after its length, so that all of them can be searched in one pass over memory.
public struct NameList: Sendable {
    private var bytes: [UInt8] = []

    public init() {}

    /// - Parameter previous: A list of about as many bytes as this one will have.
    public init(after previous: NameList) { bytes.reserveCapacity(previous.bytes.count + previous.bytes.count / 16) }

    public mutating func append(_ name: TopicName) {
        bytes.append(UInt8(name.string.utf8.count))
        bytes.append(contentsOf: name.string.utf8)
    }

    /// The indices of the names that a pattern matches.
    public func places(matching pattern: TopicPattern) -> [Int] {
        let text = pattern.string.utf8
        let (pattern, names) = (text.span, bytes.span)
        var found: [Int] = []
        var (place, start) = (0, 0)
        while start < names.count {
            let end = start + 1 + Int(names[start])
            if Levels.matches(pattern, names.extracting(start + 1..<end)) { found.append(place) }
            start = end
            place += 1
        }
        return found
    }

    /// Between two names of a list, or at one of its ends.
    public struct Position: Equatable, Sendable {
        /// The number of names before it.
        public fileprivate(set) var place = 0
        /// The offset of the next name's length.
        fileprivate var offset = 0

        public init() {}
    }

    /// Visits the names from a position on, one after the other.
    ///
    /// - Parameters:
    ///   - position: Moved past each name that was visited.
    ///   - body: Called with a name's index and its bytes; returns whether to continue.
    /// - Returns: Whether the end of the list was reached.
    public func visit(from position: inout Position, _ body: (Int, Span<UInt8>) -> Bool) -> Bool {
        let names = bytes.span
        while position.offset < names.count {
            let start = position.offset + 1
            let end = start + Int(names[position.offset])
            let place = position.place
            position.place += 1
            position.offset = end
            guard body(place, names.extracting(start..<end)) else { break }
        }
        return position.offset >= names.count
    }
}
