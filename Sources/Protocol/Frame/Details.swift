import NIOCore

/// The detail of the OK to CREATE TOPIC.
public struct TopicCreated: Equatable, Sendable {
    public var id: UInt32
    public var outcome: TopicOutcome
    /// nil if the broker does not know of incarnations.
    public var incarnation: UInt64?

    public init(id: UInt32, outcome: TopicOutcome, incarnation: UInt64? = nil) {
        self.id = id
        self.outcome = outcome
        self.incarnation = incarnation
    }

    /// nil if the detail is not that of a CREATE TOPIC.
    public init?(detail: ByteBuffer) {
        var detail = detail
        guard let id = detail.readInteger(endianness: .little, as: UInt32.self),
            let number = detail.readInteger(endianness: .little, as: UInt16.self),
            let outcome = TopicOutcome(rawValue: number), let fields = detail.readFields()
        else { return nil }
        self.init(id: id, outcome: outcome, incarnation: fields.number(TopicField.incarnation.rawValue))
    }

    public var detail: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeLittle(id)
        buffer.writeLittle(outcome.rawValue)
        buffer.writeField(TopicField.incarnation.rawValue, incarnation)
        return buffer
    }
}

/// The detail of the OK to WATCH.
public struct WatchGranted: Equatable, Sendable {
    /// In ms.
    public var interval: UInt32

    public init(interval: UInt32) { self.interval = interval }

    /// nil if the detail is not that of a WATCH.
    public init?(detail: ByteBuffer) {
        guard let interval = detail.getInteger(at: detail.readerIndex, endianness: .little, as: UInt32.self) else {
            return nil
        }
        self.init(interval: interval)
    }

    public var detail: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeLittle(interval)
        return buffer
    }
}
