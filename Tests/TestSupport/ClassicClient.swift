import NIOCore
import ZaichikProtocol

/// A client of a test that speaks the classic dialect.
public final class ClassicClient {
    public struct Delivery: Equatable, Sendable {
        public var topic: String
        public var key: String?
        public var payload: String

        public init(_ topic: String, _ payload: String, key: String? = nil) {
            self.topic = topic
            self.payload = payload
            self.key = key
        }
    }

    public let wire: Wire
    private var received = ByteBuffer()
    private let decoder = ClassicDecoder(limit: 64 << 20)

    init(_ wire: Wire) { self.wire = wire }

    public static func bytes(_ frames: [ClassicFrame]) -> [UInt8] {
        var buffer = ByteBuffer()
        for frame in frames { frame.write(to: &buffer) }
        return Array(buffer.readableBytesView)
    }

    public func send(_ frames: ClassicFrame...) throws { try wire.send(Self.bytes(frames)) }

    /// The next delivery; nil at the end of the stream.
    public func receive(within seconds: Double = Wire.patience) throws -> Delivery? {
        while true {
            if case .complete(let length) = try decoder.measure(received), length <= received.readableBytes {
                guard case .publish(let topic, let key, let payload) = try decoder.decode(&received) else {
                    throw WireError.unexpected("the broker sent a frame other than a delivery")
                }
                return Delivery(topic, String(buffer: payload), key: key.map { String(buffer: $0) })
            }
            guard let bytes = try wire.receive(within: seconds, "a delivery") else { return nil }
            received.writeBytes(bytes)
        }
    }

    /// Takes so many deliveries and commits each.
    public func consume(_ count: Int) throws -> [Delivery] {
        try (0..<count).map { _ in
            guard let delivery = try receive() else { throw WireError.ended("a delivery") }
            try send(.commit)
            return delivery
        }
    }

    /// Whether nothing comes before what a native client would get after it: this dialect has no barrier, so the
    /// test sends a frame whose effect it can see, and then looks.
    public var hasNothing: Bool {
        guard received.readableBytes == 0 else { return false }
        return (try? wire.receive(within: 0, "a delivery")) == nil
    }
}

extension ClassicFrame {
    public static func message(_ topic: String, _ payload: String, key: String? = nil) -> ClassicFrame {
        .publish(topic: topic, key: key.map { ByteBuffer(string: $0) }, payload: ByteBuffer(string: payload))
    }
}
