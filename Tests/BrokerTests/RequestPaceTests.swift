import NIOCore
import NIOEmbedded
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The pace of requests on a loop")
struct RequestPaceTests {
    @Test("in one go so many requests are carried out; what another client sends is taken before the rest")
    func others() throws {
        let bench = EmbeddedBench()
        let busy = try bench.connect()
        let other = try bench.connect()
        var bytes = ByteBuffer()
        for number in 1...UInt32(1000) { ClientFrame.topic(request: number, name: "t.\(number)").write(to: &bytes) }
        try busy.channel.writeInbound(bytes)
        #expect(bench.core.registry.count == RequestPace.most)
        try other.send(.topic(request: 1, name: "other"))
        #expect(bench.core.registry.count == RequestPace.most + 1)
        let answers = try busy.receive()
        #expect(answers.count == 1000)
        let requests = answers.map { frame -> UInt32 in
            guard case .topic(let request, _, _, _) = frame else { return 0 }
            return request
        }
        #expect(requests == Array(1...1000))
        #expect(bench.core.registry.count == 1001)
    }

    @Test("a publish behind requests waits with them, and one ahead of them does not")
    func publishes() throws {
        let bench = EmbeddedBench()
        let topic = try bench.topic("hello")
        let client = try bench.connect()
        var bytes = ByteBuffer()
        ClientFrame.message(topic.id, "first").write(to: &bytes)
        for number in 1...UInt32(100) { ClientFrame.topic(request: number, name: "t.\(number)").write(to: &bytes) }
        ClientFrame.message(topic.id, "last").write(to: &bytes)
        try client.channel.writeInbound(bytes)
        #expect(topic.locked { $0.log.headSequence } == 1)
        #expect(try client.receive().last == .confirm(2))
        #expect(topic.locked { $0.log.headSequence } == 2)
    }
}
