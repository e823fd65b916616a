/// The slope of samples that are taken once a second: the median of the slopes of all pairs (Theil and Sen). A few samples
/// that lie far off, such as a burst, hardly move it.
struct RobustSlope: Equatable {
    /// In units a second.
    var slope: Double
    /// Half the interval in which the slope lies with a probability of 95 %, by the number of pairs that rise (Kendall).
    var error: Double

    /// Fewer samples say nothing.
    static let fewest = 5

    /// - Returns: nil if there are too few samples.
    init?(_ samples: [Float]) {
        let count = samples.count
        guard count >= Self.fewest else { return nil }
        var slopes: [Float] = []
        slopes.reserveCapacity(count * (count - 1) / 2)
        for later in 1..<count {
            for earlier in 0..<later {
                slopes.append((samples[later] - samples[earlier]) / Float(later - earlier))
            }
        }
        slopes.sort()
        let pairs = Double(slopes.count)
        let spread = 1.96 * (Double(count * (count - 1) * (2 * count + 5)) / 18).squareRoot()
        let lower = max(Int((pairs - spread) / 2), 0)
        let upper = min(Int((pairs + spread) / 2), slopes.count - 1)
        slope = Double(slopes[slopes.count / 2] + slopes[(slopes.count - 1) / 2]) / 2
        error = Double(slopes[upper] - slopes[lower]) / 2
    }
}
