/// Counts the members of overlapping ranges, each once. Each range ends no lower than the one before.
struct CountedRange {
    private var counted: Range<UInt64> = 0..<0

    /// The last member; 0 if there is none.
    var last: UInt64 { counted.isEmpty ? 0 : counted.upperBound - 1 }

    /// - Returns: How many members are new.
    mutating func add(_ range: Range<UInt64>) -> UInt64 {
        guard range.lowerBound <= counted.upperBound, !counted.isEmpty else {
            // A range that lies apart replaces the earlier ones: no queue lost what is in between.
            counted = range
            return UInt64(range.count)
        }
        let union = min(counted.lowerBound, range.lowerBound)..<max(counted.upperBound, range.upperBound)
        defer { counted = union }
        return UInt64(union.count - counted.count)
    }
}
