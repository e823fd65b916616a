import Histogram

/// Counts latencies in a histogram of three significant digits, batch by batch: what is published in one go has one
/// time, and what is read in one go another.
struct LatencyRecorder: Sendable {
    /// An hour; what takes longer counts as that. In ns.
    private static let longest: UInt64 = 3_600_000_000_000

    private var histogram = Histogram<UInt64>(lowestDiscernibleValue: 1000, highestTrackableValue: longest)
    /// Messages published before are not counted, in ns; at first none is.
    var since = UInt64.max

    /// - Parameters:
    ///   - start: When the messages were published, in ns.
    ///   - end: In ns.
    mutating func record(from start: UInt64, to end: UInt64, count: UInt64) {
        guard start >= since, count > 0 else { return }
        histogram.record(min(end - min(start, end), Self.longest), count: count)
    }

    mutating func add(_ other: LatencyRecorder) { histogram.add(other.histogram) }

    /// Nothing, if nothing was recorded.
    var summary: LatencySummary? {
        guard histogram.totalCount > 0 else { return nil }
        return LatencySummary(
            count: histogram.totalCount,
            values: LatencySummary.percentiles.map { Self.microseconds(histogram.valueAtPercentile($0.percent)) },
            maximum: Self.microseconds(histogram.maxRecorded))
    }

    private static func microseconds(_ time: UInt64) -> UInt64 { (time + 500) / 1000 }
}
