import Glibc
import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Handlers between connections and their sockets")
struct TransportTests {
    private static let secret = "the hare is in the burrow"

    private static func run(
        loops: Int = 2, _ body: @Sendable (TestBroker) async throws -> Void
    ) async throws {
        try await TestBroker.run(
            loops: loops, configure: { $0.channelHandlers = { [MaskingHandler()] } }, body)
    }

    private static func client(_ broker: TestBroker, window: UInt32 = 1000) throws -> MaskedClient {
        let client = MaskedClient(try broker.connect())
        try client.send(Preface.bytes)
        try client.send(.hello(Hello(window: window, name: "masked")))
        guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME came") }
        return client
    }

    /// A client that reads a topic and publishes to it.
    private static func subscribed(_ broker: TestBroker, window: UInt32 = 1000) throws -> (MaskedClient, UInt32) {
        let client = try client(broker, window: window)
        try client.send(.subscribe(request: 1, pattern: "hello", from: .new), .topic(request: 2, name: "hello"))
        #expect(try client.receive() == .ok(request: 1, detail: ByteBuffer()))
        guard case .topic(2, let id, _, _) = try client.receive() else { throw WireError.unexpected("no TOPIC came") }
        return (client, id)
    }

    @Test("they see every byte in both directions: a session through them is as one without", arguments: [1, 2])
    func session(loops: Int) async throws {
        try await Self.run(loops: loops) { broker in
            // On every loop, the one that accepts and those that get sockets handed over.
            for _ in 0..<2 {
                let (client, topic) = try Self.subscribed(broker)
                for round in UInt64(1)...20 {
                    try client.send(.message(topic, Self.secret), .ping(round))
                    let frames = try client.settle()
                    #expect(frames.payloads == [Self.secret])
                    #expect(frames.compactMap(\.confirmed) == [round])
                    try client.send(.commit(round))
                }
                try client.send(.listTopics(request: 3, query: TopicQuery()), .inspectClient(request: 4, id: 1))
                #expect(try client.settle().compactMap(\.request) == [3, 4])
                #expect(!client.hasSeen(plain: Array(Self.secret.utf8)))
                #expect(client.hasSeen(plain: Array(Self.secret.utf8).map(MaskingHandler.mask)))
                try client.send(.unsubscribe(request: 5, pattern: "hello"))
                _ = try client.settle()
            }
        }
    }

    @Test("publishes of a byte to a MiB come back as they went", arguments: [1, 100, 5000, 20_000, 70_000, 1 << 20])
    func sizes(size: Int) async throws {
        try await Self.run { broker in
            let (client, topic) = try Self.subscribed(broker)
            var generator = SplitMix(seed: UInt64(size))
            let payloads = (0..<3).map { _ in ByteBuffer(bytes: generator.bytes(size)) }
            for payload in payloads { try client.send(.publish(Message(topicID: topic, payload: payload))) }
            let frames = try client.settle()
            #expect(frames.messages.map(\.payload) == payloads)
            #expect(frames.compactMap(\.confirmed).last == 3)
        }
    }

    @Test("a backlog of some MiB is caught up with, through a window of commits")
    func backlog() async throws {
        try await Self.run { broker in
            let writer = try Self.client(broker)
            try writer.send(.topic(request: 1, name: "hello"))
            guard case .topic(_, let topic, _, _) = try writer.receive() else { throw WireError.unexpected("no TOPIC") }
            let count = 4000
            let text = String(repeating: "m", count: 1000)
            for start in stride(from: 0, to: count, by: 100) {
                try writer.send(NativeClient.bytes((start..<start + 100).map { .message(topic, "\($0) \(text)") }))
                _ = try writer.settle()
            }
            let reader = try Self.client(broker, window: 256)
            try reader.send(.subscribe(request: 1, pattern: "hello", from: .earliest))
            var payloads: [String] = []
            while payloads.count < count {
                guard let message = try reader.receive().message else { continue }
                payloads.append(message.text)
                if payloads.count % 100 == 0 { try reader.send(.commit(UInt64(payloads.count))) }
            }
            #expect(payloads == (0..<count).map { "\($0) \(text)" })
            #expect(!reader.hasSeen(plain: Array(text.utf8)))
        }
    }

    @Test("CLOSE is answered, and then comes the end of the stream")
    func close() async throws {
        try await Self.run { broker in
            let (client, topic) = try Self.subscribed(broker)
            try client.send(.message(topic, "last"), .ping(1), .close)
            let frames = try client.receiveAll()
            #expect(frames.contains(.confirm(1)) && frames.contains(.pong(1)))
            #expect(frames.last?.code == .closedByClient)
        }
    }

    @Test("a client that half-closes gets what it is owed, to the last byte")
    func halfClose() async throws {
        try await Self.run { broker in
            let (client, topic) = try Self.subscribed(broker, window: 5000)
            let text = String(repeating: "m", count: 1000)
            try client.send(NativeClient.bytes((0..<3000).map { .message(topic, "\($0) \(text)") }))
            client.halfClose()
            let frames = try client.receiveAll()
            #expect(frames.payloads == (0..<3000).map { "\($0) \(text)" })
            #expect(frames.contains(.confirm(3000)))
        }
    }

    @Test("an error is told, and the stream ends")
    func error() async throws {
        try await Self.run { broker in
            let client = try Self.client(broker)
            try client.send(.hello(Hello(window: 1, name: "again")))
            #expect(try client.receiveAll().last?.code == .helloRepeated)
        }
    }

    @Test("a client without the transformation is not understood, and none of its bytes get past it")
    func unmasked() async throws {
        try await Self.run { broker in
            let wire = try broker.connect()
            try wire.send(Preface.bytes)
            wire.halfClose()
            #expect(try wire.receiveAll() == [])
        }
    }
}

/// Stands for TLS: changes every byte in both directions, and does not keep the bounds of reads and writes.
private final class MaskingHandler: ChannelDuplexHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static func mask(_ byte: UInt8) -> UInt8 { byte ^ 0x5A }

    private static func mask(_ buffer: ByteBuffer) -> ByteBuffer {
        ByteBuffer(bytes: buffer.readableBytesView.map(mask))
    }

    /// Pieces of a buffer; a length with a remainder of 1 or 2 by 3 is split.
    private static func pieces(_ buffer: ByteBuffer) -> [ByteBuffer] {
        var rest = mask(buffer)
        guard rest.readableBytes > 1, rest.readableBytes % 3 != 0 else { return [rest] }
        let first = rest.readSlice(length: rest.readableBytes / 3 + 1)!
        return [first, rest]
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for piece in Self.pieces(unwrapInboundIn(data)) { context.fireChannelRead(wrapInboundOut(piece)) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let pieces = Self.pieces(unwrapOutboundIn(data))
        for piece in pieces.dropLast() { context.write(wrapOutboundOut(piece), promise: nil) }
        context.write(wrapOutboundOut(pieces.last!), promise: promise)
    }
}

/// A client at the other end of the transformation, which keeps what it read from the socket.
private final class MaskedClient {
    private let wire: Wire
    private var raw: [UInt8] = []
    private var received = ByteBuffer()
    private var lastToken: UInt64 = 1 << 32

    init(_ wire: Wire) { self.wire = wire }

    func send(_ bytes: [UInt8]) throws { try wire.send(bytes.map(MaskingHandler.mask)) }
    func send(_ frames: ClientFrame...) throws { try send(NativeClient.bytes(frames)) }
    func halfClose() { wire.halfClose() }

    /// Whether what came from the socket, as it came, contains some bytes.
    func hasSeen(plain bytes: [UInt8]) -> Bool {
        raw.withUnsafeBytes { raw in
            var start = 0
            while raw.count - start >= bytes.count,
                let found = memchr(raw.baseAddress! + start, Int32(bytes[0]), raw.count - start - bytes.count + 1)
            {
                if memcmp(found, bytes, bytes.count) == 0 { return true }
                start = raw.baseAddress!.distance(to: found) + 1
            }
            return false
        }
    }

    /// The next frame; nil at the end of the stream.
    private func next() throws -> BrokerFrame? {
        while true {
            if let header = FrameHeader(peeking: received), let frame = received.readSlice(length: header.frameLength) {
                received.discardReadBytes()
                guard let frame = try BrokerFrame(decoding: frame) else { throw WireError.unexpected("unknown type") }
                return frame
            }
            guard let bytes = try wire.receive("a frame") else {
                guard received.readableBytes == 0 else { throw WireError.unexpected("the stream ended in a frame") }
                return nil
            }
            raw += bytes
            received.writeBytes(bytes.map(MaskingHandler.mask))
        }
    }

    func receive() throws -> BrokerFrame {
        guard let frame = try next() else { throw WireError.ended("a frame") }
        return frame
    }

    func receiveAll() throws -> [BrokerFrame] {
        var frames: [BrokerFrame] = []
        while let frame = try next() { frames.append(frame) }
        return frames
    }

    /// Everything that is to come now, deliveries too.
    func settle() throws -> [BrokerFrame] {
        var frames: [BrokerFrame] = []
        for _ in 0..<2 {
            lastToken += 1
            try send(.ping(lastToken))
            while true {
                let frame = try receive()
                if frame == .pong(lastToken) { break }
                frames.append(frame)
            }
        }
        return frames
    }
}
