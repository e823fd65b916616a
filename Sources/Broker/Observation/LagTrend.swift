/// Where a lag goes, told from one sample a second.
///
/// Publishers come in bursts, so low points count: the lowest lag of three seconds. It grows if two low points in a row
/// are higher than those three seconds before by more than the noise: a single burst, however large, lifts only one.
struct LagTrend {
    enum Direction {
        case shrinking
        /// It has not shrunk for a while.
        case level
        case growing
    }

    /// nil until there is enough to tell.
    private(set) var direction: Direction?
    /// The last of them, one a second.
    private(set) var samples: [Float] = []
    /// The extreme of the low points in this direction.
    private var mark: Float = 0
    /// Seconds without a lower point.
    private var stale = 0

    /// How many samples are kept: enough for a slope.
    static let memory = 30
    /// Seconds without a lower point after which a lag no longer shrinks.
    static let patience = 15
    /// Seconds of a low point.
    static let span = 3

    /// The lowest of the last seconds.
    var low: Float { low(before: 0) ?? samples.min() ?? 0 }

    /// - Parameter noise: What one second may bring or take without a change of the direction.
    mutating func add(_ lag: UInt64, noise: UInt64) {
        if samples.count == Self.memory { samples.removeFirst() }
        let lag = Float(lag)
        samples.append(lag)
        if samples.count == 1 { mark = lag }
        let (low, noise) = (low, Float(noise))
        // It was empty: what comes now begins anew.
        if low == 0 { direction = nil }
        stale = low == 0 || direction != nil && low < mark ? 0 : stale + 1
        switch direction {
        case nil:
            if lag < mark { turn(.shrinking, at: lag) } else { mark = lag }
        case .shrinking:
            mark = min(mark, low)
        case .level, .growing:
            if mark - low > noise { turn(.shrinking, at: low) } else { mark = max(mark, low) }
        }
        guard direction != .growing else { return }
        if isRising(noise) {
            turn(.growing, at: low)
        } else if stale >= Self.patience, direction != .level {
            turn(.level, at: low)
        }
    }

    private mutating func turn(_ direction: Direction, at low: Float) {
        self.direction = direction
        mark = low
        stale = 0
    }

    /// Whether two low points in a row are higher than the one before.
    private func isRising(_ noise: Float) -> Bool {
        guard let first = low(before: 2 * Self.span), let second = low(before: Self.span) else { return false }
        return second - first > noise && low - second > noise
    }

    /// The low point of some seconds ago; nil if there were not enough samples.
    private func low(before seconds: Int) -> Float? {
        let end = samples.count - seconds
        return end >= Self.span ? samples[(end - Self.span)..<end].min() : nil
    }
}

/// The values of the last seconds.
struct RecentValues {
    static let seconds = 3

    // Not an array, which would be a block of its own.
    private var values: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var count = 0

    var lowest: UInt64 { min(values.0, values.1, values.2) }
    var highest: UInt64 { max(values.0, values.1, values.2) }

    mutating func add(_ value: UInt64) {
        // The first value stands for those that are not there yet.
        values = count == 0 ? (value, value, value) : (values.1, values.2, value)
        count = min(count + 1, Self.seconds)
    }
}
