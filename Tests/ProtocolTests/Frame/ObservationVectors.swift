import NIOCore
import ZaichikProtocol

// Frames about the past and the inside of queues, with bytes worked out by hand from the specification.
extension NativeVectors {
    static let clientObservations: [(title: String, frame: ClientFrame, hex: String)] = [
        (
            "LIST CLOSED, request 25, at most 10 with `ha`",
            .observe(request: 25, .closed(filter: "ha", limit: 10)),
            "0e000000 42 00 0200 19000000 0a000000 6861"
        ),
        (
            "HISTORY, request 26: the lag of client 99 in the last minute",
            .observe(request: 26, .history(HistoryQuery(.client(99), seconds: 60, figures: [.lagMessages]))),
            "18000000 43 00 0000 1a000000 01 00 3c00 01000000 6300000000000000"
        ),
        (
            "HISTORY, request 27: all that is kept of topic `hello`",
            .observe(request: 27, .history(HistoryQuery(.topic("hello")))),
            "1d000000 43 00 0500 1b000000 03 00 0000 00000000 0000000000000000 68656c6c6f"
        ),
        (
            "LAG SHARES, request 28, of session `work`, 20 rows",
            .observe(request: 28, .lagShares(.session("work"), limit: 20)),
            "18000000 44 00 0400 1c000000 14000000 0000000000000000 776f726b"
        ),
    ]

    static let brokerObservations: [(title: String, frame: BrokerFrame, hex: String)] = [
        (
            "HISTORY to request 26: the lag, in 2 seconds",
            .observed(request: 26, .history(history([1000, 900]))),
            "29000000 bd 00 0000 1a000000 00401e18240a0600 e8030000 0200 01 00 00 e803000000000000 8403000000000000"
        ),
        (
            "LAG SHARES to request 28: of 1000 messages, 700 by client 13 `fox`, 200 by client 14, which has no name, and 100 by a third",
            .observed(request: 28, .lagShares(shares)),
            "4d000000 be 00 0000 1c000000 e803000000000000 6400000000000000 03000000 02000000 00000000 "
                + "1400 0d00000000000000 bc02000000000000 03 666f78 1100 0e00000000000000 c800000000000000 00"
        ),
    ]

    static let observationRows: [(title: String, frame: BrokerFrame, hex: String)] = [
        (
            "CLOSED to request 25, the last page: client 99 with 2 figures and a second of its lag",
            .observed(request: 25, .closed(RowPage(rows: [closed], matching: 1))),
            "72000000 bc 00 0000 19000000 01000000 01000000 6000 00401e18240a0600 0000 0d "
                + "69742073656e7420434c4f5345 2d00 6300000000000000 02 04 04 68617265 04 64656d6f 00 00 01 37 03 "
                + "3a3a31 02 e803000000000000 606d000000000000 00401e18240a0600 e8030000 0100 01 00 00 "
                + "e803000000000000"
        )
    ]

    private static func history(_ lag: [UInt64]) -> History {
        var history = History()
        history.time = 1_700_000_000_000_000
        history.series = [History.Series(.lagMessages, lag)]
        return history
    }

    private static var closed: ClosedClient {
        ClosedClient(
            client: hare, closedAt: 1_700_000_000_000_000, reason: "it sent CLOSE", history: history([1000]))
    }

    private static var shares: LagShares {
        var shares = LagShares()
        shares.messages = 1000
        shares.others = 100
        shares.publishers = 3
        shares.rows = [
            LagShare(id: 13, name: "fox", messages: 700), LagShare(id: 14, name: "", messages: 200),
        ]
        return shares
    }
}
