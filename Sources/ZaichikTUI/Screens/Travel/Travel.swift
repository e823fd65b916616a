import ZaichikProtocol

/// The last ten minutes as the broker keeps them, and the instant of them that all panes show.
struct Travel: Equatable {
    /// The newest instant, by the broker's clock.
    let end: Moment
    /// How many seconds before that.
    private(set) var back = 0
    /// nil until the broker has answered.
    private(set) var record: TravelRecord?
    private(set) var problem: String?

    init(end: Moment) { self.end = end }

    /// The instant that is shown.
    var instant: Moment { end - min(end, UInt64(back) * Moment.second) }

    /// How far back it goes.
    var longest: Int { max((record?.broker[.lagMessages].count ?? 0) - 1, 0) }

    mutating func take(_ record: TravelRecord) { self.record = record }
    mutating func fail(_ problem: String) { self.problem = problem }

    /// - Parameter seconds: Back in time if above 0.
    mutating func go(back seconds: Int) { back = min(max(back + seconds, 0), longest) }

    /// For the status line.
    var status: String {
        if let problem { return "the last ten minutes cannot be had: \(problem); Esc goes back to now" }
        guard record != nil else { return "asking the broker for its last ten minutes…" }
        return "time travel: lag, rates and states of then; - is not kept; Esc: now"
    }

    // MARK: Slow-downs

    /// A place where a rate fell to less than half of what it was.
    struct SlowDown: Equatable {
        /// Seconds before the end of the series.
        var back: Int
        var before: UInt64
        var after: UInt64
    }

    /// All slow-downs of a series, the newest first.
    static func slowDowns(_ rates: [UInt64]) -> [SlowDown] {
        let (window, least) = (10, UInt64(4))
        func mean(_ range: Range<Int>) -> UInt64 {
            guard !range.isEmpty else { return 0 }
            // Shares of each, as a broker may say any numbers.
            return range.reduce(0) { $0 + rates[$1] / UInt64(range.count) }
        }
        var found: [SlowDown] = []
        var isSlow = false
        for place in rates.indices.dropFirst(window) {
            let before = mean(place - window..<place)
            let after = mean(place..<min(place + 3, rates.count))
            let isSlowNow = before >= least && after < before / 2 && rates[place] < before / 2
            // The seconds after it are no further ones, until the rate is up again.
            if isSlowNow, !isSlow {
                found.append(SlowDown(back: rates.count - 1 - place, before: before, after: after))
            }
            isSlow = isSlowNow || (isSlow && before >= least && rates[place] < before)
        }
        return found.reversed()
    }

    /// Goes to the next slow-down.
    ///
    /// - Parameters:
    ///   - rates: Up to the end.
    ///   - isOlder: To the past, or back towards now.
    /// - Returns: nil if there is none on that side.
    mutating func goToSlowDown(_ rates: [UInt64], isOlder: Bool) -> SlowDown? {
        let all = Self.slowDowns(rates)
        guard let next = isOlder ? all.first(where: { $0.back > back }) : all.last(where: { $0.back < back }) else {
            return nil
        }
        back = min(next.back, longest)
        return next
    }
}

/// Histories of the broker, and of the clients and topics that are listed, all asked for at once.
struct TravelRecord: Equatable, Sendable {
    var broker: History
    /// By their ids.
    var clients: [UInt64: History]
    /// By their names.
    var topics: [String: History]

    /// Of so many clients, and so many topics.
    static let most = 100
}

extension History {
    /// A figure at an instant; nil if it is not known.
    func value(_ figure: HistoryFigure, at instant: Moment) -> UInt64? {
        let values = self[figure]
        guard let place = place(of: instant, count: values.count) else { return nil }
        return values[place]
    }

    /// The values up to an instant.
    func values(_ figure: HistoryFigure, upTo instant: Moment) -> [UInt64] {
        let values = self[figure]
        return place(of: instant, count: values.count).map { Array(values[...$0]) } ?? []
    }

    private func place(of instant: Moment, count: Int) -> Int? {
        guard count > 0, time > 0, instant.since(time) <= 2 * Moment.second else { return nil }
        let passed = time.since(instant)
        let back = passed / Moment.second + (passed % Moment.second >= Moment.second / 2 ? 1 : 0)
        return back < UInt64(count) ? count - 1 - Int(back) : nil
    }
}
