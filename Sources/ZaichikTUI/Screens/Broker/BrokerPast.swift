import ZaichikProtocol

/// What the broker did in each of the last ten minutes' seconds: what it keeps itself, and what only this program noted.
struct BrokerPast: Equatable {
    static let seconds = 600
    /// How much is asked for once the rest is known.
    static let tail: UInt16 = 15

    /// The charts, in the order of the pane.
    enum Chart: CaseIterable, Sendable {
        case published, delivered, lag, lost, memory

        var title: String {
            switch self {
            case .published: "in/s"
            case .delivered: "out/s"
            case .lag: "lag"
            case .lost: "lost/s"
            case .memory: "memory"
            }
        }

        /// The figure of the broker's history; nil for what only this program notes.
        var figure: HistoryFigure? {
            switch self {
            case .published: .publishRate
            case .delivered: .deliverRate
            case .lag: .lagMessages
            case .lost, .memory: nil
            }
        }
    }

    /// The end of the newest second, by the broker's clock; 0 if there is none.
    private(set) var time: Moment = 0
    private var kept: [HistoryFigure: [UInt64]] = [:]
    /// Noted here, a value for each second; nil: not noted.
    private var noted: [Chart: [UInt64?]] = [:]
    /// The second of the newest of them, since 1970; 0 if there is none.
    private var notedSecond: UInt64 = 0
    /// The broker was asked, and has not answered yet.
    var isAsked = false
    var problem: String?

    var isEmpty: Bool { time == 0 }

    /// How many seconds to ask for; 0 for all that are kept.
    func wanted(now: Moment) -> UInt16 {
        time > 0 && now.since(time) < UInt64(Self.tail - 3) * Moment.second ? Self.tail : 0
    }

    mutating func take(_ history: History) {
        isAsked = false
        problem = nil
        guard history.time > 0, let count = history.series.map(\.values.count).min(), count > 0 else { return }
        let news =
            Int(min(history.time.since(time), UInt64(Self.seconds) * Moment.second) + Moment.second / 2)
            / Int(Moment.second)
        guard history.time >= time, time == 0 || news > 0 else { return }
        // More time has passed than the answer covers: what lies between is not known.
        let isWhole = time == 0 || news > count
        for series in history.series {
            let old = isWhole ? [] : kept[series.figure] ?? []
            kept[series.figure] = Array((old + series.values.suffix(isWhole ? count : news)).suffix(Self.seconds))
        }
        time = history.time
    }

    /// Notes what the broker keeps no history of: of each second the highest.
    mutating func note(_ broker: BrokerStatistics, at time: Moment) {
        let second = time / Moment.second
        guard second >= notedSecond else { return }
        let gap = notedSecond == 0 ? 1 : Int(min(second - notedSecond, UInt64(Self.seconds)))
        for (chart, value) in [(Chart.lost, broker[.lostRate]), (.memory, broker[.retainedBytes])] {
            var values = noted[chart] ?? []
            if gap > 0 {
                values += [UInt64?](repeating: nil, count: gap - 1) + [value]
            } else {
                values[values.count - 1] = max(values.last.flatMap(\.self) ?? 0, value)
            }
            noted[chart] = values.suffix(Self.seconds)
        }
        notedSecond = second
    }

    /// The values of a chart, the newest last; nil where they are not known.
    func values(_ chart: Chart) -> [UInt64?] {
        if let figure = chart.figure { return kept[figure, default: []].map(Optional.init) }
        let values = noted[chart] ?? []
        let newest = time / Moment.second
        // All charts end with the same second.
        if notedSecond >= newest { return values.dropLast(Int(min(notedSecond - newest, UInt64(values.count)))) }
        return values + [UInt64?](repeating: nil, count: Int(min(newest - notedSecond, UInt64(Self.seconds))))
    }

    mutating func forget() { self = BrokerPast() }

    /// The values in so many columns, each the highest of some seconds, the newest at the right.
    static func columns(_ values: [UInt64?], _ columns: Int) -> [UInt64?] {
        let each = secondsPerColumn(columns)
        var result: [UInt64?] = []
        for end in stride(from: values.count, to: 0, by: -each) where result.count < columns {
            result.append(values[max(0, end - each)..<end].compactMap(\.self).max())
        }
        return result.reversed()
    }

    static func secondsPerColumn(_ columns: Int) -> Int { max(1, (seconds + max(columns, 1) - 1) / max(columns, 1)) }
}
