import ZaichikProtocol

/// Watches for a window that is too small for the way to the client and back: it is always full, messages wait behind it,
/// and a window takes hardly longer than a round trip to be committed.
struct WindowWatch {
    /// The shortest round trip that a ping has shown, in µs; 0 until it was measured.
    private(set) var roundTrip: UInt64 = 0
    /// Seconds in a row in which it was full, and in which it was full or messages were waiting no longer.
    private var fullSeconds = 0
    /// Seconds in a row in which it was found too small, or not to be if negative.
    private var findings = 0
    private(set) var isTooSmall = false
    /// Commits at the last look, and its time.
    private var last: (committed: UInt64, now: UInt64) = (0, 0)

    /// Seconds after which a finding counts.
    private static let patience = 3
    /// Shorter round trips are no way that a window could be too small for, in µs.
    private static let shortestWay: UInt64 = 1000
    /// A full window is pinged so often, in seconds, while it is not known to be too small.
    private static let pingInterval = 5

    /// Whether the round trip is to be measured now.
    var wantsPing: Bool {
        fullSeconds >= Self.patience
            && (roundTrip == 0 || (fullSeconds - Self.patience) % Self.pingInterval == 0)
    }

    mutating func secondPassed(_ sample: ClientHealth.Sample, now: UInt64) {
        let isFull =
            sample.window > 0 && sample.lag.pending > 0 && sample.lag.inFlight * 10 >= UInt64(sample.window) * 9
        fullSeconds = isFull ? fullSeconds + 1 : 0
        if isFull, sample.roundTrip > 0 {
            roundTrip = roundTrip == 0 ? sample.roundTrip : min(roundTrip, sample.roundTrip)
        }
        let found = isFull && isSpentOnTheWay(sample, now: now)
        findings = found ? max(findings, 0) + 1 : min(findings, 0) - 1
        if findings >= Self.patience { isTooSmall = true }
        if findings <= -Self.patience { isTooSmall = false }
        last = (sample.committed, now)
    }

    /// Whether a whole window is committed in hardly more than a round trip: the client itself takes no time.
    private func isSpentOnTheWay(_ sample: ClientHealth.Sample, now: UInt64) -> Bool {
        guard roundTrip >= Self.shortestWay, last.now > 0, now > last.now, sample.committed > last.committed else {
            return false
        }
        let perMicrosecond = Double(sample.committed - last.committed) / Double(now - last.now)
        return Double(sample.window) / perMicrosecond <= 2 * Double(roundTrip)
    }

    /// The smallest window that keeps up, with as much in reserve.
    ///
    /// - Parameter arrivals: Messages a second that come in.
    func wanted(window: UInt32, arrivals: Double) -> UInt32 {
        let onTheWay = max(arrivals, 0) * Double(roundTrip) / 1_000_000
        return UInt32(min(max(2 * onTheWay.rounded(.up), 2 * Double(window)), Double(FrameLimits.window)))
    }
}
