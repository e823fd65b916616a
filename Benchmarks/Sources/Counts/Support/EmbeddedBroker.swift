import Logging
import NIOCore
import NIOEmbedded
import ZaichikProtocol

@testable import ZaichikBroker

/// A broker with true connections on a loop that is turned by hand, without sockets and threads.
final class EmbeddedBroker {
    private let loop = EmbeddedEventLoop()
    let core: BrokerCore

    init() {
        var configuration = BrokerConfiguration()
        configuration.name = "counts"
        // Counts repeat only if tables of topics have the same keys.
        configuration.firstTopicID = 1
        configuration.maximumConnections = 100_000
        configuration.memoryLimit = 8 << 30
        configuration.clock = { 1_700_000_000_000_000 }
        core = BrokerCore(
            configuration: configuration, loops: [loop],
            logger: Logger(label: "counts") { _ in SwiftLogNoOpLogHandler() })
    }

    func topic(_ name: String) throws -> Topic { try core.registry.findOrCreate(try TopicName(name)).topic }

    /// A client that has said HELLO.
    func connect(window: UInt32 = FrameLimits.window) throws -> EmbeddedClient {
        let opened = core.connectionOpened()
        let connection = core.shards[0].admit(
            Arrival(
                id: opened.id, address: "127.0.0.1:1", acceptStamp: core.order.stamp(),
                life: ConnectionLife(isRefused: opened.isRefused)))
        // No socket is there to be sent to: all goes through the embedded channel.
        let handler = ConnectionHandler(connection, transport: .socket(-1))
        let client = EmbeddedClient(
            channel: EmbeddedChannel(handler: handler, loop: loop), handler: handler, loop: loop)
        var greeting = ByteBuffer(bytes: Preface.bytes)
        ClientFrame.hello(Hello(window: window, name: "reader", program: "counts", version: "1", pid: "1", host: "h"))
            .write(to: &greeting)
        client.send(greeting)
        client.receive()
        return client
    }
}

/// The client's side of a connection.
final class EmbeddedClient {
    let handler: ConnectionHandler
    private let loop: EmbeddedEventLoop
    private let channel: EmbeddedChannel
    private var commit = ByteBuffer()
    private var committed: UInt64 = 0

    init(channel: EmbeddedChannel, handler: ConnectionHandler, loop: EmbeddedEventLoop) {
        self.channel = channel
        self.handler = handler
        self.loop = loop
        ClientFrame.commit(0).write(to: &commit)
    }

    /// Has the broker read it all, into the buffers that it asks for, as a socket would.
    func send(_ bytes: ByteBuffer) {
        var rest = bytes
        while rest.readableBytes > 0 {
            var read = handler.bufferForRead()
            read.writeImmutableBuffer(rest.readSlice(length: min(rest.readableBytes, read.writableBytes))!)
            do { _ = try channel.writeInbound(read) } catch { preconditionFailure("the connection failed: \(error)") }
        }
    }

    func send(_ frame: ClientFrame) {
        var bytes = ByteBuffer()
        frame.write(to: &bytes)
        send(bytes)
    }

    var connection: Connection { handler.connection }

    /// Takes all that the broker wrote.
    func receive() {
        do {
            while try channel.readOutbound(as: ByteBuffer.self) != nil {}
        } catch { preconditionFailure("the broker wrote something other than bytes: \(error)") }
    }

    func subscribe(_ patterns: [String]) {
        for (number, pattern) in patterns.enumerated() {
            send(.subscribe(request: UInt32(number + 1), pattern: pattern, from: .new))
            loop.run()
        }
        receive()
    }

    /// Commits as much as `count` deliveries more. The frame's bytes are used again.
    func commit(_ count: Int) {
        committed += UInt64(count)
        commit.setInteger(committed, at: FrameHeader.size, endianness: .little)
        send(commit)
    }
}
