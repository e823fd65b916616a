import NIOCore

@testable import ZaichikBroker

// The same through connections: from the bytes of a read to the bytes that are written. The loop and the pipeline
// are NIO's embedded ones, whose part is in the counts; sockets are not.
extension Benchmark {
    static let connection =
        [1, 64, 1024].map { publishing($0) } + [1, 100, 1000].map { fanOutConnections($0) } + [tortoise]

    /// Nobody reads.
    private static func publishing(_ count: Int) -> Benchmark {
        Benchmark(name: "connection-publish-\(count)", messages: count) {
            let broker = EmbeddedBroker()
            let topic = try broker.topic("topic")
            let publisher = try broker.connect()
            let read = Frames.publishes(count, topic: topic.id)
            return {
                publisher.send(read)
                publisher.receive()
            }
        }
    }

    private static func fanOutConnections(_ readers: Int) -> Benchmark {
        Benchmark(
            name: "connection-64-to-\(readers)", batches: readers, steps: max(1024 / readers, 8),
            warmUp: max(1024 / readers, 8)
        ) {
            let broker = EmbeddedBroker()
            let topic = try broker.topic("topic")
            let publisher = try broker.connect()
            let clients = try (0..<readers).map { _ in
                let client = try broker.connect()
                client.subscribe(["topic"])
                return client
            }
            let read = Frames.publishes(64, topic: topic.id)
            return {
                publisher.send(read)
                publisher.receive()
                for client in clients {
                    client.receive()
                    client.commit(64)
                }
            }
        }
    }

    /// A client with a window of 1 that lags far: it commits one message and gets the next.
    private static let tortoise = Benchmark(name: "connection-window-1", messages: 1) {
        let broker = EmbeddedBroker()
        let topic = try broker.topic("topic")
        let publisher = try broker.connect()
        let client = try broker.connect(window: 1)
        client.subscribe(["topic"])
        publisher.send(Frames.publishes(1024, topic: topic.id))
        return {
            client.receive()
            client.commit(1)
        }
    }
}
