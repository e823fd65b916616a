import NIOCore
import ZaichikProtocol

extension Samples {
    static let observed: [ClientFrame] =
        texts.flatMap { text -> [ClientFrame] in
            [
                .observe(request: 1, .closed(filter: text, limit: .max)),
                .observe(request: .max, .history(HistoryQuery(.topic(text), figures: Set(HistoryFigure.allCases)))),
                .observe(request: 2, .history(HistoryQuery(.session(text), seconds: .max, figures: [.lagMessages]))),
                .observe(request: 3, .lagShares(text.isEmpty ? .client(.max) : .session(text), limit: 0)),
            ]
        } + [
            .observe(request: 4, .history(HistoryQuery(.broker))),
            .observe(request: 5, .history(HistoryQuery(.client(.max), seconds: 1))),
        ]

    static var history: History {
        var history = History()
        history.time = .max
        history.interval = .max
        history.series = HistoryFigure.allCases.map { History.Series($0, largest) }
        return history
    }

    static var shares: LagShares {
        var shares = LagShares()
        shares.messages = .max
        shares.others = 1
        shares.publishers = .max
        shares.isCut = true
        shares.rows = texts.map { LagShare(id: .max, name: $0, messages: 7) }
        return shares
    }

    static let observations: [BrokerFrame] = [
        .observed(request: 1, .history(History())), .observed(request: .max, .history(history)),
        .observed(request: 1, .lagShares(LagShares())), .observed(request: .max, .lagShares(shares)),
        .observed(
            request: 1,
            .closed(
                RowPage(
                    rows: texts.map {
                        ClosedClient(client: client($0), closedAt: .max, code: .max, reason: $0, history: history)
                    }, matching: 1_000_000)), isLast: false),
        .observed(request: 1, .closed(RowPage(rows: [], matching: 0)), isLast: true),
    ]
}
