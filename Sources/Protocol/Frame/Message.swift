import NIOCore

/// A PUBLISH or DELIVER as a value. The broker's data path works on the bytes instead.
public struct Message: Equatable, Sendable {
    public var topicID: UInt32
    /// The topic's sequence number of the message; 0 in a PUBLISH.
    public var sequence: UInt64
    /// When the broker accepted it, in µs since 1970 UTC; 0 in a PUBLISH.
    public var timestamp: UInt64
    /// All but ``MessageFlags/emptyKey``: whether there is a key is what `key` says.
    public var flags: MessageFlags
    /// nil for a message without a key, which is not the same as an empty key.
    public var key: ByteBuffer?
    public var payload: ByteBuffer

    public init(
        topicID: UInt32, sequence: UInt64 = 0, timestamp: UInt64 = 0, flags: MessageFlags = [], key: ByteBuffer? = nil,
        payload: ByteBuffer
    ) {
        self.topicID = topicID
        self.sequence = sequence
        self.timestamp = timestamp
        self.flags = flags
        self.key = key
        self.payload = payload
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        let topicID: UInt32 = try body.integer()
        let sequence: UInt64 = try body.integer()
        let timestamp: UInt64 = try body.integer()
        var flags = MessageFlags(rawValue: body.header.flags)
        let key = try body.slice(Int(body.header.short))
        let hasKey = body.header.short > 0 || flags.contains(.emptyKey)
        flags.remove(.emptyKey)
        self.init(
            topicID: topicID, sequence: sequence, timestamp: timestamp, flags: flags, key: hasKey ? key : nil,
            payload: body.bytes)
    }

    /// - Precondition: The key has at most 65,535 bytes.
    public func write(to buffer: inout ByteBuffer, type: UInt8) {
        let keyLength = key?.readableBytes ?? 0
        var flags = flags
        if key != nil, keyLength == 0 { flags.insert(.emptyKey) }
        buffer.writeFrame(type: type, flags: flags.rawValue, short: keyLength) { buffer in
            buffer.writeLittle(topicID)
            buffer.writeLittle(sequence)
            buffer.writeLittle(timestamp)
            if let key { buffer.writeImmutableBuffer(key) }
            buffer.writeImmutableBuffer(payload)
        }
    }
}
