/// What a report tells of latencies, in µs.
struct LatencySummary: Equatable, Sendable {
    /// What is told, with its name in tables and in JSON.
    static let percentiles: [(percent: Double, name: String, field: String)] = [
        (50, "p50", "p50"), (90, "p90", "p90"), (99, "p99", "p99"), (99.9, "p99.9", "p999"),
    ]

    var count: UInt64
    /// One for each of ``percentiles``.
    var values: [UInt64]
    var maximum: UInt64
}
