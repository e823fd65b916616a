/// The part of a run that is told.
struct BenchMeasurement: Sendable {
    /// Messages published from here on count, in ns.
    var begin: UInt64
    var before: LoadSample
    var after: LoadSample
    /// Whether it was interrupted.
    var wasCut: Bool
}
