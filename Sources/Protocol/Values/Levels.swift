/// Rules that names and patterns have in common.
enum Levels {
    static func split(_ string: String) throws(NameError) -> [Substring] {
        let length = string.utf8.count
        guard length > 0 else { throw .empty }
        guard length <= TopicName.maximumLength else { throw .tooLong(bytes: length) }
        guard !hasControlCharacter(string) else { throw .controlCharacter }
        let levels = parts(string)
        for level in levels where level.isEmpty { throw .emptyLevel }
        return levels
    }

    /// Whether a text has one of C0, DEL and C1: characters that could move a terminal's cursor are not allowed in names.
    static func hasControlCharacter(_ string: String) -> Bool {
        string.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    /// Splits at every dot, even if a combining mark follows it: the two would form one Character.
    static func parts(_ string: String) -> [Substring] {
        string.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Substring($0) }
    }

    /// String's own `==` takes canonically equivalent texts for equal, which the wire does not.
    static func sameBytes(_ first: some StringProtocol, _ second: some StringProtocol) -> Bool {
        first.utf8.elementsEqual(second.utf8)
    }

    static func hash(_ string: String, into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}

// Subscribing to a pattern matches it against every topic, so this works on the bytes in place.
extension Levels {
    private static let dot = UInt8(ascii: ".")
    private static let any = UInt8(ascii: "*")
    private static let tail = UInt8(ascii: ">")

    /// Whether a checked pattern matches a checked name.
    static func matches(_ pattern: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
        guard levelsMatch(pattern, name) else { return false }
        // A level that only begins like a wildcard is not the first level of a reserved name.
        return !(pattern[0] == any || pattern[0] == tail) || !isReserved(name)
    }

    /// Whether the levels match, whether or not the name is reserved.
    private static func levelsMatch(_ pattern: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
        var (place, at) = (0, 0)
        while true {
            let isLast = place + 1 == pattern.count
            // The name has another level here, as none of its levels is empty.
            if pattern[place] == tail, isLast { return true }
            if pattern[place] == any, isLast || pattern[place + 1] == dot {
                place += 1
                while at < name.count, name[at] != dot { at += 1 }
            } else {
                while place < pattern.count, pattern[place] != dot {
                    guard at < name.count, name[at] == pattern[place] else { return false }
                    place += 1
                    at += 1
                }
            }
            guard place < pattern.count, at < name.count else { return place == pattern.count && at == name.count }
            guard name[at] == dot else { return false }
            place += 1
            at += 1
        }
    }

    /// Whether the first level is the broker's own.
    static func isReserved(_ name: Span<UInt8>) -> Bool {
        let text = TopicName.reservedLevel.utf8
        let reserved = text.span
        guard name.count >= reserved.count else { return false }
        for place in reserved.indices where name[place] != reserved[place] { return false }
        return name.count == reserved.count || name[reserved.count] == dot
    }
}
