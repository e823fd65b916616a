import ZaichikProtocol

// Histories as they are told.
extension History {
    /// - Parameter record: nil if the client does nothing.
    init(client record: ClientRecord?, _ query: HistoryQuery) {
        self.init()
        time = record?.lastSecond ?? 0
        add(
            [(.lagMessages, .amount), (.deliverRate, .firstRate), (.commitRate, .secondRate)], of: record?.history,
            query)
    }

    /// - Parameter record: The topic's history, and when its newest second was noted; nil if nothing happens to it.
    init(topic record: (history: SecondHistory, time: UInt64)?, _ query: HistoryQuery) {
        self.init()
        time = record?.time ?? 0
        add(
            [(.retainedMessages, .amount), (.publishRate, .firstRate), (.deliverRate, .secondRate)],
            of: record?.history, query)
    }

    private mutating func add(
        _ kept: [(HistoryFigure, SecondHistory.Series)], of history: SecondHistory?, _ query: HistoryQuery
    ) {
        for (figure, series) in kept where query.wants(figure) {
            self.series.append(Series(figure, history?.last(query.most, of: series) ?? []))
        }
    }

    /// The last minute of a client that is gone.
    ///
    /// - Parameter history: nil if it did nothing.
    init(closed history: SecondHistory?, time: UInt64) {
        self.init()
        self.time = time
        let query = HistoryQuery(.broker, seconds: UInt16(ClosedEntry.seconds))
        add([(.lagMessages, .amount), (.deliverRate, .firstRate), (.commitRate, .secondRate)], of: history, query)
    }

    /// The broker's.
    init(loops: [LoopHistory], _ query: HistoryQuery) {
        self.init()
        time = loops.map(\.lastSecond).max() ?? 0
        let seconds = LoopHistory.sum(loops, last: query.most)
        for figure in HistoryFigure.allCases where query.wants(figure) {
            switch figure {
            case .lagMessages: series.append(Series(figure, seconds.map(\.lag)))
            case .publishRate: series.append(Series(figure, seconds.map(\.traffic.published)))
            case .deliverRate: series.append(Series(figure, seconds.map(\.traffic.delivered)))
            case .commitRate: series.append(Series(figure, seconds.map(\.traffic.committed)))
            case .connections: series.append(Series(figure, seconds.map(\.connections)))
            case .retainedMessages: break
            }
        }
    }
}

extension HistoryQuery {
    /// The most seconds.
    fileprivate var most: Int { seconds == 0 ? SecondHistory.most : min(Int(seconds), SecondHistory.most) }
}
