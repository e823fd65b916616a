/// Checked names side by side, each behind its length, so that all of them are looked through in one pass over memory.
public struct NameList: Sendable {
    private var bytes: [UInt8] = []

    public init() {}

    /// - Parameter previous: About as many bytes will come as this one has.
    public init(after previous: NameList) { bytes.reserveCapacity(previous.bytes.count + previous.bytes.count / 16) }

    public mutating func append(_ name: TopicName) {
        bytes.append(UInt8(name.string.utf8.count))
        bytes.append(contentsOf: name.string.utf8)
    }

    /// The places of the names that a pattern matches, the first one being 0.
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
}
