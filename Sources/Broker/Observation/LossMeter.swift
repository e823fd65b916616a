/// How much is lost a second: a total that is sampled once a second, smoothed, so that losses in bursts do not show as
/// none.
struct LossMeter: Equatable {
    /// The largest total so far.
    private(set) var total: UInt64
    private var average: Float = 0
    /// Seconds since the last loss.
    private var quiet: UInt8 = 0

    /// Seconds after the last loss from which on nothing counts as being lost any more.
    static let memory: UInt8 = 10
    /// The part of the average that each second brings.
    private static let weight: Float = 0.25
    /// The most that one second counts.
    private static let most: UInt64 = 1 << 40

    /// One that shows this now.
    init(perSecond: UInt64) {
        total = 0
        average = Float(perSecond)
    }

    /// - Parameter total: What was lost before, which does not count.
    init(total: UInt64 = 0) { self.total = total }

    /// Notes that the total grows by some which do not count; negative if they are taken back.
    mutating func excuse(_ count: Int) {
        total = count >= 0 ? total + UInt64(count) : total - min(UInt64(-count), total)
    }

    mutating func sample(_ total: UInt64) {
        let lost = total > self.total ? min(total - self.total, Self.most) : 0
        self.total = max(total, self.total)
        if lost > 0 {
            average += average > 0 ? (Float(lost) - average) * Self.weight : Float(lost)
            quiet = 0
        } else if average > 0 {
            quiet += 1
            average = quiet < Self.memory ? average * (1 - Self.weight) : 0
        }
    }

    /// 0 only if nothing was lost lately.
    var perSecond: UInt64 { average > 0 ? max(UInt64(average.rounded()), 1) : 0 }
}
