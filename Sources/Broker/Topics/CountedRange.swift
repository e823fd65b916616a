/// Counts members of ranges that overlap, each once. The ranges end higher and higher.
struct CountedRange {
    private var counted: Range<UInt64> = 0..<0

    /// - Returns: How many members are new.
    mutating func add(_ range: Range<UInt64>) -> UInt64 {
        guard range.lowerBound <= counted.upperBound, !counted.isEmpty else {
            // Those that lie apart are forgotten: what was lost in between belonged to nobody.
            counted = range
            return UInt64(range.count)
        }
        let union = min(counted.lowerBound, range.lowerBound)..<max(counted.upperBound, range.upperBound)
        defer { counted = union }
        return UInt64(union.count - counted.count)
    }
}
