import NIOCore

/// One row of the list of parked messages.
public struct ParkedMessage: Equatable, Sendable {
    /// The number under which it is parked in its queue; none is used twice.
    public var number: UInt64 = 0
    public var topicID: UInt32 = 0
    public var topic = ""
    public var sequence: UInt64 = 0
    /// When the broker accepted the message, in µs since 1970 UTC.
    public var timestamp: UInt64 = 0
    /// When it was parked, in µs since 1970 UTC.
    public var parkedAt: UInt64 = 0
    /// How many times it was delivered.
    public var attempts: UInt32 = 0
    public var reason = ""
    public var flags: MessageFlags = []
    /// The bytes of its key, of which ``key`` has the first ones.
    public var keyLength: UInt16 = 0
    /// The beginning of its key, ``PeerLimits/parkedKey`` bytes at most.
    public var key = ByteBuffer()
    /// The bytes of its payload, headers included, of which ``payload`` has the first ones.
    public var payloadLength: UInt32 = 0
    /// The beginning of its payload, ``PeerLimits/parkedPayload`` bytes at most.
    public var payload = ByteBuffer()

    public init() {}

    /// Whether the message has a key; it may be empty.
    public var hasKey: Bool { keyLength > 0 || flags.contains(.emptyKey) }

    /// The headers, and the message's own bytes.
    ///
    /// - Parameter payload: The whole payload, or its beginning.
    /// - Returns: nil if the headers do not end within it.
    public func parts(of payload: ByteBuffer) -> (headers: Headers, content: ByteBuffer)? {
        guard flags.contains(.headers) else { return (Headers(), payload) }
        var content = payload
        return Headers(takenFrom: &content).map { ($0, content) }
    }
}

extension ParkedMessage {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init()
        number = try body.integer()
        topicID = try body.integer()
        topic = try body.shortString()
        sequence = try body.integer()
        timestamp = try body.integer()
        parkedAt = try body.integer()
        attempts = try body.integer()
        reason = try body.shortString()
        flags = MessageFlags(rawValue: try body.integer())
        keyLength = try body.integer()
        key = try body.slice(Int(try body.integer(UInt16.self)))
        payloadLength = try body.integer()
        payload = try body.slice(Int(try body.integer(UInt16.self)))
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(number)
        buffer.writeLittle(topicID)
        buffer.writeShortString(topic)
        buffer.writeLittle(sequence)
        buffer.writeLittle(timestamp)
        buffer.writeLittle(parkedAt)
        buffer.writeLittle(attempts)
        buffer.writeShortString(reason)
        buffer.writeInteger(flags.rawValue)
        buffer.writeLittle(keyLength)
        buffer.writeBeginning(key, PeerLimits.parkedKey)
        buffer.writeLittle(payloadLength)
        buffer.writeBeginning(payload, PeerLimits.parkedPayload)
    }
}

extension ByteBuffer {
    /// Writes the first bytes of others, after their number in a u16.
    fileprivate mutating func writeBeginning(_ bytes: ByteBuffer, _ limit: Int) {
        let length = min(bytes.readableBytes, limit)
        writeLittle(UInt16(length))
        if let beginning = bytes.getSlice(at: bytes.readerIndex, length: length) { writeImmutableBuffer(beginning) }
    }
}
