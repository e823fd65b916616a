import Logging
import NIOCore
import NIOEmbedded
import ZaichikProtocol

@testable import ZaichikBroker

/// A broker with true connections on loops that are turned by hand, without sockets and threads.
final class EmbeddedBench {
    let loops: [EmbeddedEventLoop]
    let core: BrokerCore

    /// - Parameter clock: In µs since 1970.
    init(loops count: Int = 1, clock: @escaping @Sendable () -> UInt64 = { 1_700_000_000_000_000 }) {
        loops = (0..<count).map { _ in EmbeddedEventLoop() }
        var configuration = BrokerConfiguration()
        configuration.memoryLimit = 1 << 30
        configuration.clock = clock
        core = BrokerCore(
            configuration: configuration, loops: loops, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func topic(_ name: String, _ change: (inout TopicSettings) -> Void = { _ in }) throws -> Topic {
        var settings = TopicSettings()
        change(&settings)
        return try core.registry.findOrCreate(try TopicName(name), settings: settings).topic
    }

    /// A client of a loop that has said HELLO.
    func connect(loop: Int = 0, window: UInt32 = 1000) throws -> EmbeddedClient {
        try connect(Hello(window: window, name: "hare"), loop: loop)
    }

    /// A client that has said HELLO, on the loop of its session, if it names one that exists: a connection without a socket
    /// cannot move.
    ///
    /// - Parameter isElsewhere: Whether it is on the loop all the same.
    func connect(_ hello: Hello, loop: Int, isElsewhere: Bool = false) throws -> EmbeddedClient {
        let home = isElsewhere ? nil : hello.session.flatMap { core.sessions.place(of: $0)?.loop }
        let loop = home ?? loop
        let opened = core.connectionOpened()
        let connection = core.shards[loop].admit(
            Arrival(
                id: opened.id, address: "127.0.0.1:1", acceptStamp: core.order.stamp(),
                life: ConnectionLife(isRefused: opened.isRefused)))
        core.shards[loop].load.connectionPlaced()
        let client = EmbeddedClient(ConnectionHandler(connection, transport: .pipeline), loop: loops[loop])
        try client.send(bytes: Preface.bytes)
        try client.send(.hello(hello))
        try client.greeted()
        return client
    }

    /// Does what is to be done on one loop.
    func run(_ loop: Int = 0) { loops[loop].run() }

    /// Has the timers of all loops run that end within a time.
    func pass(seconds: Int64) {
        for loop in loops { loop.advanceTime(by: .seconds(seconds)) }
    }

    /// Does something on a loop as a step of it.
    func step(_ loop: Int = 0, _ body: (LoopShard) -> Void) {
        core.shards[loop].beginStep()
        body(core.shards[loop])
        core.shards[loop].flush()
        run(loop)
    }

    /// Makes what a topic has stored visible up to a sequence.
    func release(_ topic: Topic, upTo sequence: UInt64, loop: Int = 0) {
        step(loop) { shard in topic.locked { $0.release(upTo: sequence, wakes: &shard.wakes) } }
    }

    /// Whether nothing is left of the connections there were.
    var isEmpty: Bool {
        core.connections == 0 && core.shards.allSatisfy { $0.connections.all.underestimatedCount == 0 }
    }
}

/// The client's side of a connection.
final class EmbeddedClient {
    let channel: EmbeddedChannel
    private let loop: EmbeddedEventLoop
    private(set) weak var connection: Connection?
    private var received = ByteBuffer()
    /// nil if HELLO was answered with something else.
    private(set) var welcome: Welcome?
    /// What came right behind WELCOME.
    private var early: [BrokerFrame] = []

    init(_ handler: ConnectionHandler, loop: EmbeddedEventLoop) {
        connection = handler.connection
        self.loop = loop
        channel = EmbeddedChannel(handler: handler, loop: loop)
    }

    var handle: PublisherHandle { connection!.handle }
    var queue: ClientQueue { connection!.reader.queue }
    var attachment: Attachment { connection!.attachment }

    /// Has the broker read it all at once.
    func send(_ frames: ClientFrame...) throws { try send(frames) }

    func send(_ frames: [ClientFrame]) throws {
        var bytes = ByteBuffer()
        for frame in frames { frame.write(to: &bytes) }
        try channel.writeInbound(bytes)
    }

    func send(bytes: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

    func halfClose() { channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }

    /// The connection is gone, at once.
    func close() {
        channel.close(promise: nil)
        loop.run()
    }

    /// Takes the answer to HELLO, if it has come.
    func greeted() throws {
        var frames = try receive()
        guard case .welcome(let welcome)? = frames.first else { return early = frames }
        self.welcome = welcome
        frames.removeFirst()
        early = frames
    }

    /// All that the broker has sent so far.
    func receive() throws -> [BrokerFrame] {
        loop.run()
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { received.writeImmutableBuffer(bytes) }
        var frames = early
        early = []
        while let header = FrameHeader(peeking: received), let frame = received.readSlice(length: header.frameLength) {
            if let frame = try BrokerFrame(decoding: frame) { frames.append(frame) }
        }
        return frames
    }
}

extension ClientFrame {
    static func message(_ topic: UInt32, _ payload: String, flags: MessageFlags = []) -> ClientFrame {
        .publish(Message(topicID: topic, flags: flags, payload: ByteBuffer(string: payload)))
    }
}

extension [BrokerFrame] {
    /// The payloads of the deliveries among the frames.
    var payloads: [String] {
        compactMap { frame in
            guard case .deliver(let message) = frame else { return nil }
            return String(buffer: message.payload)
        }
    }

    /// Without what announces a topic.
    var withoutTopics: [BrokerFrame] {
        filter { if case .topic = $0 { false } else { true } }
    }
}
