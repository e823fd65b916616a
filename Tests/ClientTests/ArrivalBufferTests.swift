import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("What arrived and was not taken", .timeLimit(.minutes(1)))
struct ArrivalBufferTests {
    private let buffer = ArrivalBuffer(maximumBytes: 100)
    private let gap: Gap

    init() throws { gap = Gap(topic: try TopicName("a"), first: 1, last: 1, reason: .limit) }

    /// What can be taken now, and whether taking it made room.
    private func take() -> (count: Int, madeRoom: Bool) {
        var result = (count: 0, madeRoom: false)
        while case .arrival(_, let hasRoomAgain) = buffer.take() {
            result.count += 1
            result.madeRoom = result.madeRoom || hasRoomAgain
        }
        return result
    }

    @Test("it is full at its bytes, and has room again when half of them are taken")
    func room() {
        #expect(buffer.append([.gap(gap), .gap(gap)], bytes: 60))
        #expect(!buffer.append([.gap(gap)], bytes: 60))
        #expect(!buffer.hasRoom)
        guard case .arrival(_, false) = buffer.take() else {
            Issue.record("half a batch made room")
            return
        }
        #expect(take() == (2, true))
        #expect(buffer.hasRoom)
    }

    @Test("a reader that waits is woken by the first arrival; one that is cancelled, too")
    func waiting() async {
        let reader = Task { await buffer.wait() }
        let cancelled = Task { await buffer.wait() }
        cancelled.cancel()
        await cancelled.value
        _ = buffer.append([.gap(gap)], bytes: 1)
        await reader.value
        #expect(take().count == 1)
    }

    @Test("after a loss what is left can still be taken; after closing it cannot")
    func ends() {
        _ = buffer.append([.gap(gap)], bytes: 1)
        buffer.end(.lost(.notConnected))
        #expect(take().count == 1)
        guard case .failed(let error) = buffer.take() else {
            Issue.record("the loss is not told")
            return
        }
        #expect(error == .notConnected)
        let other = ArrivalBuffer(maximumBytes: 100)
        _ = other.append([.gap(gap)], bytes: 1)
        other.end(.closed)
        guard case .end = other.take() else {
            Issue.record("something is left after closing")
            return
        }
    }
}
