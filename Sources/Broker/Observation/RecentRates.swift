/// A rate over more than the last second: in a client's or a topic's row beside that one.
struct LongerRates: Equatable {
    /// Over the last 10 s, or over as many as there are.
    var over10: UInt64 = 0
    /// Over the last 60 s.
    var over60: UInt64 = 0
}

extension SecondHistory {
    func rates(of series: Series) -> LongerRates {
        LongerRates(over10: mean(over: 10, of: series), over60: mean(over: 60, of: series))
    }
}

/// What a publisher has beside the history of its client, which is that of a reader: what it published in each of the last
/// 60 seconds, a byte for each.
final class PublishedRates {
    /// In bytes.
    static let footprint = 96
    private static let most = 60

    private var codes = InlineArray<60, UInt8>(repeating: 0)
    private var next: UInt8 = 0
    private var off: Int32 = 0

    func add(_ published: UInt64) {
        codes[Int(next)] = SecondHistory.coded(published, &off)
        next = (next + 1) % UInt8(Self.most)
    }

    var rates: LongerRates { LongerRates(over10: mean(over: 10), over60: mean(over: 60)) }

    private func mean(over seconds: Int) -> UInt64 {
        var sum: UInt64 = 0
        for age in 1...seconds { sum += SmallNumber.value(codes[(Int(next) + Self.most - age) % Self.most]) }
        return (sum + UInt64(seconds) / 2) / UInt64(seconds)
    }
}

/// What a loop's clients did in each of the last 60 seconds.
struct RecentTotals {
    private static let most = 60

    struct Second: Sendable {
        var published: UInt64 = 0
        var delivered: UInt64 = 0
        var committed: UInt64 = 0

        mutating func add(_ other: Second) {
            published += other.published
            delivered += other.delivered
            committed += other.committed
        }
    }

    private var seconds: [Second] = []
    private var next = 0

    mutating func add(_ second: Second) {
        guard seconds.count == Self.most else { return seconds.append(second) }
        seconds[next] = second
        next = (next + 1) % Self.most
    }

    /// The means over the last seconds; over as many as there are.
    func mean(over wanted: Int) -> Second {
        let wanted = min(wanted, seconds.count)
        var sum = Second()
        guard wanted > 0 else { return sum }
        for age in 1...wanted {
            sum.add(seconds[(next + seconds.count - age) % seconds.count])
        }
        let half = UInt64(wanted) / 2
        return Second(
            published: (sum.published + half) / UInt64(wanted), delivered: (sum.delivered + half) / UInt64(wanted),
            committed: (sum.committed + half) / UInt64(wanted))
    }
}
