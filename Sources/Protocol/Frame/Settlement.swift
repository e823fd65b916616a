import NIOCore

/// What is to become of a set of deliveries: the body of SETTLE.
public struct Settlement: Equatable, Sendable {
    public var action: SettleAction
    /// Numbers of this connection's deliveries, ascending and disjoint; at most ``PeerLimits/ranges``.
    public var deliveries: [ClosedRange<UInt64>]
    /// How long returned deliveries wait before they come again, in ms.
    public var delay: UInt32
    /// Why they are returned or parked, for people.
    public var reason: String

    public init(_ action: SettleAction, _ deliveries: [ClosedRange<UInt64>], delay: UInt32 = 0, reason: String = "") {
        self.action = action
        self.deliveries = deliveries
        self.delay = delay
        self.reason = reason
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        guard let action = SettleAction(rawValue: body.header.short) else {
            throw body.badArgument("action \(body.header.short) is not one of 0 to 3")
        }
        let delay: UInt32 = try body.integer()
        self.init(
            action, try body.ranges(), delay: delay, reason: body.rest().clamped(toUTF8: PeerLimits.reason))
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        buffer.writeFrame(type: ClientOpcode.settle.rawValue, short: Int(action.rawValue)) { buffer in
            buffer.writeLittle(request)
            buffer.writeLittle(delay)
            buffer.writeRanges(deliveries)
            buffer.writeString(reason.clamped(toUTF8: PeerLimits.reason))
        }
    }
}

/// What is to become of parked messages: the body of SETTLE PARKED.
public struct ParkedSettlement: Equatable, Sendable {
    public var action: ParkedAction
    /// Numbers of parked messages, ascending and disjoint; none: all.
    public var messages: [ClosedRange<UInt64>]
    /// The session's name; empty: the connection's own queue.
    public var session: String

    public init(_ action: ParkedAction, _ messages: [ClosedRange<UInt64>], session: String = "") {
        self.action = action
        self.messages = messages
        self.session = session
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        guard let action = ParkedAction(rawValue: body.header.short) else {
            throw body.badArgument("action \(body.header.short) is not one of 0 and 1")
        }
        let messages = try body.ranges()
        self.init(action, messages, session: try body.string(body.bytes.readableBytes))
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        buffer.writeFrame(type: ClientOpcode.settleParked.rawValue, short: Int(action.rawValue)) { buffer in
            buffer.writeLittle(request)
            buffer.writeRanges(messages)
            buffer.writeString(session)
        }
    }
}
