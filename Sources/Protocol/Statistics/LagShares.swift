import NIOCore

/// Whose queue is meant.
public enum QueueSubject: Hashable, Sendable {
    /// By its id, as lists show it; that of a session is one, too.
    case client(UInt64)
    case session(String)
}

/// Who published what a queue is behind on.
public struct LagShares: Equatable, Sendable {
    /// The messages that were looked at: those that are kept, from the earliest that the queue needs to the heads of its
    /// topics.
    public var messages: UInt64 = 0
    /// Of these, the messages of publishers that are not among the rows.
    public var others: UInt64 = 0
    /// The publishers, those among the rows included.
    public var publishers: UInt32 = 0
    /// Whether there was more than one answer looks at.
    public var isCut = false
    /// The largest share comes first.
    public var rows: [LagShare] = []

    public init() {}
}

/// One publisher's share: that of all clients of one name, or of a client without a name.
public struct LagShare: Equatable, Sendable {
    /// The connection id of one of them: of the one that was come across first.
    public var id: UInt64
    public var name: String
    public var messages: UInt64

    public init(id: UInt64, name: String, messages: UInt64) {
        self.id = id
        self.name = name
        self.messages = messages
    }
}

extension LagShares {
    /// `messages, others, publishers, number of rows, cut (0 or 1), 3 zero bytes, rows`.
    init(_ body: inout FrameBody) throws(FrameError) {
        messages = try body.integer()
        others = try body.integer()
        publishers = try body.integer()
        let count: UInt32 = try body.integer()
        isCut = try body.integer(UInt8.self) & 1 == 1
        try body.skip(3)
        for _ in 0..<count { rows.append(try body.row(LagShare.init(row:))) }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeLittle(messages)
        buffer.writeLittle(others)
        buffer.writeLittle(publishers)
        buffer.writeLittle(UInt32(rows.count))
        buffer.writeLittle(UInt32(isCut ? 1 : 0))
        for row in rows { buffer.writeRow(row.writeRow) }
    }
}

extension LagShare {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init(id: try body.integer(), name: "", messages: try body.integer())
        name = try body.shortString()
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(id)
        buffer.writeLittle(messages)
        buffer.writeShortString(name)
    }
}
