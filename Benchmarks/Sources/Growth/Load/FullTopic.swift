import NIOCore
import ZaichikProtocol

/// A topic at its limit, which blocks: a reader holds everything until it is told to commit.
struct FullTopic: Sendable {
    static let payload = 1000

    let id: UInt32
    let reader: Offender
    /// Its publishes are the first that wait.
    private let filler: Offender

    init(_ stage: Stage) throws {
        reader = try Offender(stage, window: 1 << 20)
        id = try reader.topic("full", [.limit: 64 << 10, .overflow: 2, .historyBytes: 0])
        try reader.ask { .subscribe(request: $1, pattern: "full", from: .new) }
        filler = try Offender(stage)
        let filler = filler
        try filler.send(FrameBatch(topicID: id, count: 80, payload: Self.payload).bytes)
        try filler.wait { filler.count(.blocked) > 0 }
    }

    /// Commits all deliveries so far.
    func makeRoom() throws {
        while try reader.receive() {}
        try reader.send(.commit(UInt64(reader.count(.deliver))))
    }
}
