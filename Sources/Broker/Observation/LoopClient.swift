import ZaichikProtocol

/// Whatever has a row among the clients of a loop: a connection, or a session.
enum LoopClient {
    case connection(Connection)
    case session(Session)

    private var client: any ObservedClient {
        switch self {
        case .connection(let connection): connection
        case .session(let session): session
        }
    }
}

extension LoopClient: ObservedClient {
    var id: UInt64 { client.id }
    var slotCount: Int { client.slotCount }
    var lostPerSecond: UInt64 { client.lostPerSecond }
    var subscriptionCount: Int { client.subscriptionCount }
    var isBlocked: Bool { client.isBlocked }
    var isAbsent: Bool { client.isAbsent }
    var pause: OperatorPause? { client.pause }
    var record: ClientRecord? { client.record }

    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        client.tally(slots, into: &tally, now: now)
    }

    var listedName: String { client.listedName }
    func quickFigure(_ figure: ClientFigure, _ tally: QueueTally) -> UInt64? { client.quickFigure(figure, tally) }
    func snapshot(_ tally: QueueTally) -> ClientSnapshot { client.snapshot(tally) }
    func evidence(for state: ClientState, _ tally: QueueTally, now: UInt64) -> Evidence {
        client.evidence(for: state, tally, now: now)
    }

    func subscriptions(_ places: Range<Int>) -> [String] { client.subscriptions(places) }
    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics? { client.topicRow(at: slot, now: now) }
}
