import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The horizon of a reader by pattern")
struct HorizonTests {
    @Test("what has arrived past the horizon waits, though the reader knows one topic only: another may be on its way")
    func oneTopic() throws {
        let client = ClientHandle(shard: 0, slot: 0, generation: 0)
        var queue = ClientQueue(client: client, window: 10, acceptStamp: 1)
        #expect(queue.add(try TopicPattern("a.*")))
        let topic = Topic(
            id: 1, name: try TopicName("a.b"), settings: TopicSettings(),
            budget: MemoryBudget(limit: 1 << 20))
        var wakes = WakeList(shards: 1)
        let frame = NativeClient.bytes([.message(1, "m")])
        frame.withUnsafeBytes { bytes in
            _ = topic.locked { $0.publish(bytes, count: 1, stamp: 7, now: 1, wakes: &wakes) }
        }
        queue.attach(topic, from: .earliest, now: 1)
        var output: [QueueOutput] = []
        #expect(queue.take(now: 1, horizon: 7, bytes: 1000, output: &output, wakes: &wakes) == .horizon)
        #expect(output.isEmpty)
        #expect(queue.take(now: 1, horizon: 8, bytes: 1000, output: &output, wakes: &wakes) == .done)
        #expect(queue.delivered == 1)
    }
}
