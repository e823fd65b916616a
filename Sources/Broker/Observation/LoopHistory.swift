/// What the clients of a loop did in each of the last ten minutes' seconds, as exact numbers: there are few loops.
struct LoopHistory: Sendable {
    static let most = SecondHistory.most

    struct Second: Sendable {
        var traffic = RecentTotals.Second()
        var lag: UInt64 = 0
        var connections: UInt64 = 0

        mutating func add(_ other: Second) {
            traffic.add(other.traffic)
            lag += other.lag
            connections += other.connections
        }
    }

    private var seconds: [Second] = []
    private var next = 0
    /// When the newest one was noted, in µs since 1970.
    private(set) var lastSecond: UInt64 = 0

    mutating func add(_ traffic: RecentTotals.Second, lag: UInt64, connections: UInt64, now: UInt64) {
        lastSecond = now
        let second = Second(traffic: traffic, lag: lag, connections: connections)
        guard seconds.count == Self.most else { return seconds.append(second) }
        seconds[next] = second
        next = (next + 1) % Self.most
    }

    /// The last seconds, the newest last.
    func last(_ wanted: Int) -> [Second] {
        let wanted = min(wanted, seconds.count)
        return (seconds.count - wanted..<seconds.count).map { seconds[(next + $0) % seconds.count] }
    }

    /// The sums over several loops, as far back as all of them know.
    static func sum(_ histories: [LoopHistory], last wanted: Int) -> [Second] {
        let parts = histories.map { $0.last(wanted) }
        let known = parts.map(\.count).min() ?? 0
        return (0..<known).map { place in
            parts.reduce(into: Second()) { $0.add($1[$1.count - known + place]) }
        }
    }
}
