import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The horizon of a reader by pattern")
struct HorizonTests {
    @Test("messages past the horizon wait even if the reader has one topic only, as another may be on its way")
    func oneTopic() throws {
        let budget = MemoryBudget(limit: 1 << 20)
        let reader = ReaderHandle(shard: 0, seat: 0, generation: 0)
        var queue = ClientQueue(reader: reader, budget: budget, acceptStamp: 1)
        var attachment = Attachment(window: 10, budget: budget)
        #expect(queue.add(try TopicPattern("a.*")))
        let topic = Topic(
            id: 1, name: try TopicName("a.b"), settings: TopicSettings(),
            budget: budget)
        var wakes = WakeList(shards: 1)
        let frame = NativeClient.bytes([.message(1, "m")])
        frame.withUnsafeBytes { bytes in
            let run = PublishRun(
                frames: bytes, count: 1, stamp: 7, now: 1,
                publisher: Publisher(
                    handle: PublisherHandle(shard: 0, seat: 0, generation: 0),
                    reader: ReaderHandle(shard: 0, seat: 9, generation: 0), budget: MemoryBudget(limit: 1 << 30)))
            _ = topic.locked { $0.publish(run, wakes: &wakes) }
        }
        queue.attach(topic, from: .position(.earliest, queue.progress), now: 1)
        var output: [QueueOutput] = []
        #expect(
            queue.take(for: &attachment, now: 1, horizon: 7, bytes: 1000, output: &output, wakes: &wakes) == .horizon)
        #expect(output.isEmpty)
        #expect(
            queue.take(for: &attachment, now: 1, horizon: 8, bytes: 1000, output: &output, wakes: &wakes) == .done)
        #expect(attachment.delivered == 1)
    }
}
