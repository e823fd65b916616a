import NIOCore
import Synchronization
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Clients that catch up", .serialized)
struct CatchUpTests {
    @Test("a client that reads a long history at full speed does not delay others on its loop")
    func othersInBetween() async throws {
        try await TestBroker.run(loops: 1, alone: true) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("long", [.historyBytes: 1 << 28]).id
            let payload = String(repeating: "x", count: 60_000)
            let count = 800
            for _ in 0..<count / 20 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 20)) }
            let total = count * (payload.utf8.count + MessageLayout.keyOffset)
            let isDone = Results<Bool>(count: 1)
            let worker = Worker {
                let reader = try broker.connect()
                var greeting = ByteBuffer(bytes: Preface.bytes)
                let hello = Hello(window: 1 << 20, name: "reader", program: "", version: "", pid: "", host: "")
                ClientFrame.hello(hello).write(to: &greeting)
                ClientFrame.subscribe(request: 1, pattern: "long", from: .earliest).write(to: &greeting)
                try reader.send(Array(greeting.readableBytesView))
                var received = 0
                while received < total, let bytes = try reader.receive("the history") { received += bytes.count }
                isDone.set(0, true)
            }
            var trips = 0
            while isDone.all.isEmpty {
                try writer.barrier()
                trips += 1
            }
            try worker.join()
            #expect(trips > 20, "round trips while 48 MB went to another client")
        }
    }
}
