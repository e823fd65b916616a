import NIOCore

/// A frame of the classic dialect: one enum value in bincode 1.3's default encoding, without an outer length.
/// docs/PROTOCOL.md, "The classic dialect".
public enum ClassicFrame: Equatable, Sendable {
    /// Retention and deduplication window in ms; 0 for none.
    case createTopic(name: String, retention: UInt64, deduplicationWindow: UInt64)
    /// From a client a publish, from the broker a delivery.
    case publish(topic: String, key: ByteBuffer?, payload: ByteBuffer)
    case subscribe(topic: String)
    case unsubscribe(topic: String)
    case closeConnection
    case commit

    enum Kind: UInt32 {
        case createTopic = 0
        case publish = 1
        case subscribe = 2
        case unsubscribe = 3
        case closeConnection = 4
        case commit = 5
    }

    /// The largest first u32 of a classic client.
    public static let largestKind: UInt32 = 5
}

extension ClassicFrame {
    public func write(to buffer: inout ByteBuffer) {
        switch self {
        case .createTopic(let name, let retention, let window):
            buffer.writeLittle(Kind.createTopic.rawValue)
            buffer.writeClassic(name)
            buffer.writeLittle(retention)
            buffer.writeLittle(window)
        case .publish(let topic, let key, let payload):
            buffer.writeLittle(Kind.publish.rawValue)
            buffer.writeClassic(topic)
            buffer.writeInteger(UInt8(key == nil ? 0 : 1))
            if let key { buffer.writeClassic(key) }
            buffer.writeClassic(payload)
        case .subscribe(let topic):
            buffer.writeLittle(Kind.subscribe.rawValue)
            buffer.writeClassic(topic)
        case .unsubscribe(let topic):
            buffer.writeLittle(Kind.unsubscribe.rawValue)
            buffer.writeClassic(topic)
        case .closeConnection: buffer.writeLittle(Kind.closeConnection.rawValue)
        case .commit: buffer.writeLittle(Kind.commit.rawValue)
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeClassic(_ text: String) {
        writeLittle(UInt64(text.utf8.count))
        writeString(text)
    }

    fileprivate mutating func writeClassic(_ bytes: ByteBuffer) {
        writeLittle(UInt64(bytes.readableBytes))
        writeImmutableBuffer(bytes)
    }
}
