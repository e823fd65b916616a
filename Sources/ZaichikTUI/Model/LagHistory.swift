/// The last lags of one client, oldest first, one for each update of the statistics.
struct LagHistory: Equatable, Sendable {
    static let capacity = 240

    private(set) var samples: [UInt64] = []
    /// When the newest was taken.
    private(set) var last: Moment = 0
    private var times: [Moment] = []

    init() {}

    /// A history that the broker kept, a value for each second.
    init(_ values: [UInt64], at time: Moment) {
        samples = values.suffix(Self.capacity)
        times = samples.indices.map { time - min(time, UInt64(samples.count - 1 - $0) * Moment.second) }
        last = time
    }

    mutating func append(_ lag: UInt64, at time: Moment) {
        samples.append(lag)
        times.append(time)
        last = time
        if samples.count > Self.capacity {
            samples.removeFirst()
            times.removeFirst()
        }
    }

    /// How fast the lag grew over the last samples, in messages a second; below 0 if it shrank; nil while
    /// there are fewer than three.
    var growth: Double? {
        let count = Swift.min(samples.count, 10)
        guard count >= 3 else { return nil }
        let first = samples.count - count
        let seconds = Double(last.since(times[first])) / Double(Moment.second)
        guard seconds > 0 else { return nil }
        return (Double(samples[samples.count - 1]) - Double(samples[first])) / seconds
    }
}
