import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Where a subscription by pattern begins")
struct PatternStartTests {
    @Test("what a topic drops between a SUBSCRIBE from now on and its turn is told, maybe with some before it")
    func droppedMeanwhile() throws {
        let bench = EmbeddedBench()
        let topic = try bench.topic("t") { ($0.historyBytes, $0.historyCount) = (0, 1) }
        let writer = try bench.connect()
        let payload = String(repeating: "x", count: 900)
        func publish(_ count: Int) throws {
            for _ in 0..<count { try writer.send(.message(topic.id, payload)) }
        }
        try publish(3)
        let stamp = bench.core.shards[0].stamp()
        try publish(30)
        let state = topic.locked { state in
            (
                first: state.firstSequence(from: .after(stamp: stamp), now: 0), stored: state.log.firstSequence,
                head: state.log.headSequence
            )
        }
        #expect(state.head == 33 && state.stored > 4, "some of what came since is gone")
        // A log does not know exactly when came what it has dropped: it says too much rather than too little.
        #expect(state.first <= 4)
    }

    @Test("a subscription from now on begins behind what was there, if nothing was dropped since")
    func nothingDropped() throws {
        let bench = EmbeddedBench()
        let topic = try bench.topic("t")
        let writer = try bench.connect()
        try writer.send((1...3).map { .message(topic.id, "\($0)") })
        let stamp = bench.core.shards[0].stamp()
        try writer.send(.message(topic.id, "4"))
        #expect(topic.locked { $0.firstSequence(from: .after(stamp: stamp), now: 0) } == 4)
    }
}
