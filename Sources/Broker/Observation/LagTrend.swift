/// Whether a lag shrinks or grows, told from one sample a second.
///
/// Publishers come in bursts, so low points count: the lowest lag of the last seconds. The direction changes when they
/// have moved by more than the noise of one second, or when a lag that shrank has stopped shrinking.
struct LagTrend {
    enum Direction {
        case shrinking
        /// Or stays.
        case growing
    }

    /// nil until there are two samples.
    private(set) var direction: Direction?
    private var lags = RecentValues()
    /// The extreme of the low points in this direction.
    private var mark: UInt64 = 0
    /// Seconds since a lag that shrinks was as low as now for the first time.
    private var stale = 0

    /// Seconds without a lower point after which a lag no longer shrinks.
    static let patience = 15

    /// - Parameter noise: What one second may bring or take without a change of the direction.
    mutating func add(_ lag: UInt64, noise: UInt64) {
        lags.add(lag)
        let low = lags.lowest
        switch direction {
        case nil:
            if lags.count > 1 { turn(lag < mark ? .shrinking : .growing) }
            mark = lag
        case .growing:
            mark = max(mark, low)
            if mark - low > noise { turn(.shrinking, at: low) }
        case .shrinking:
            stale = low < mark ? 0 : stale + 1
            mark = min(mark, low)
            if low - mark > noise || stale >= Self.patience { turn(.growing, at: low) }
        }
    }

    private mutating func turn(_ direction: Direction, at low: UInt64 = 0) {
        self.direction = direction
        mark = low
        stale = 0
    }
}

/// The values of the last seconds.
struct RecentValues {
    static let seconds = 3

    // Not an array: each client has three of these, and many have nothing else to remember.
    private var values: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private(set) var count = 0

    var lowest: UInt64 { min(values.0, values.1, values.2) }
    var highest: UInt64 { max(values.0, values.1, values.2) }

    mutating func add(_ value: UInt64) {
        // The first value stands for those that are not there yet.
        values = count == 0 ? (value, value, value) : (values.1, values.2, value)
        count = min(count + 1, Self.seconds)
    }
}
