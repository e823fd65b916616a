import NIOCore

/// What REDELIVERY says of the DELIVER that follows it.
public struct Redelivery: Equatable, Sendable {
    public var topicID: UInt32
    public var sequence: UInt64
    /// How many times the message has been delivered with this one: 2 and more; 65,535 stands for all that are larger.
    public var attempt: UInt16
    public var cause: RedeliveryCause
    /// What the client said that returned it; empty if it said nothing.
    public var reason: String

    public init(topicID: UInt32, sequence: UInt64, attempt: UInt16, cause: RedeliveryCause, reason: String = "") {
        self.topicID = topicID
        self.sequence = sequence
        self.attempt = attempt
        self.cause = cause
        self.reason = reason
    }

    /// A cause that is newer than this table is read as the most general one.
    init(_ body: inout FrameBody) throws(FrameError) {
        let topicID: UInt32 = try body.integer()
        let sequence: UInt64 = try body.integer()
        let cause = RedeliveryCause(rawValue: try body.integer()) ?? .returned
        try body.skip(3)
        self.init(
            topicID: topicID, sequence: sequence, attempt: body.header.short, cause: cause, reason: body.rest())
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeFrame(type: BrokerOpcode.redelivery.rawValue, short: Int(attempt)) { buffer in
            buffer.writeLittle(topicID)
            buffer.writeLittle(sequence)
            buffer.writeLittle(UInt32(cause.rawValue))
            buffer.writeString(reason.clamped(toUTF8: PeerLimits.reason))
        }
    }
}
