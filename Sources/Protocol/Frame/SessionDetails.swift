import NIOCore

/// The detail of the OK to CREATE SESSION.
public struct SessionCreated: Equatable, Sendable {
    public var id: UInt64
    public var outcome: TopicOutcome
    public var incarnation: UInt64

    public init(id: UInt64, outcome: TopicOutcome, incarnation: UInt64) {
        self.id = id
        self.outcome = outcome
        self.incarnation = incarnation
    }

    /// nil if the detail is not that of a CREATE SESSION.
    public init?(detail: ByteBuffer) {
        var detail = detail
        guard let id = detail.readInteger(endianness: .little, as: UInt64.self),
            let number = detail.readInteger(endianness: .little, as: UInt16.self),
            let outcome = TopicOutcome(rawValue: number), let fields = detail.readFields(),
            let incarnation = fields.number(IncarnationField.incarnation.rawValue)
        else { return nil }
        self.init(id: id, outcome: outcome, incarnation: incarnation)
    }

    public var detail: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeLittle(id)
        buffer.writeLittle(outcome.rawValue)
        buffer.writeField(IncarnationField.incarnation.rawValue, incarnation)
        return buffer
    }
}

/// The detail of the OK to SEEK, with the number of topics moved, and to SETTLE PARKED, with that of messages settled.
public struct CountDone: Equatable, Sendable {
    public var count: UInt32

    public init(count: UInt32) { self.count = count }

    /// nil if the detail is none of these.
    public init?(detail: ByteBuffer) {
        guard let count = detail.getInteger(at: detail.readerIndex, endianness: .little, as: UInt32.self) else {
            return nil
        }
        self.init(count: count)
    }

    public var detail: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeLittle(count)
        return buffer
    }
}

/// The detail of the OK to INSPECT MESSAGE: who published a message, and when it was accepted.
public struct MessageOrigin: Equatable, Sendable {
    public var timestamp: UInt64
    /// 0 if it is not known.
    public var connectionID: UInt64
    /// The name that the client gave; empty if it is not known.
    public var client: String
    /// The name of the producer, else of the session; empty if there was neither.
    public var producer: String

    public init(timestamp: UInt64, connectionID: UInt64 = 0, client: String = "", producer: String = "") {
        self.timestamp = timestamp
        self.connectionID = connectionID
        self.client = client
        self.producer = producer
    }

    /// nil if the detail is not that of an INSPECT MESSAGE.
    public init?(detail: ByteBuffer) {
        var detail = detail
        guard let timestamp = detail.readInteger(endianness: .little, as: UInt64.self),
            let connectionID = detail.readInteger(endianness: .little, as: UInt64.self),
            let client = detail.readShortText(), let producer = detail.readShortText()
        else { return nil }
        self.init(timestamp: timestamp, connectionID: connectionID, client: client, producer: producer)
    }

    public var detail: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeLittle(timestamp)
        buffer.writeLittle(connectionID)
        buffer.writeShortString(client)
        buffer.writeShortString(producer)
        return buffer
    }
}

extension ByteBuffer {
    /// Reads a text after its length in a u8. What is not UTF-8 is replaced.
    ///
    /// - Returns: nil if it is cut off.
    mutating func readShortText() -> String? {
        guard let length = readInteger(as: UInt8.self), let bytes = readSlice(length: Int(length)) else { return nil }
        return String(buffer: bytes)
    }
}
