import NIOCore

/// Where a queue is to be moved: the body of SEEK.
public struct Seek: Equatable, Sendable {
    /// A topic's name, or a pattern for all topics of the queue that it matches.
    public var pattern: String
    public var position: StartPosition
    /// nil for the queue of the connection, which may be a session's.
    public var session: SessionName?
    /// That of the topic, if no other is meant.
    public var incarnation: UInt64?

    public init(
        _ pattern: String, to position: StartPosition, session: SessionName? = nil, incarnation: UInt64? = nil
    ) {
        self.pattern = pattern
        self.position = position
        self.session = session
        self.incarnation = incarnation
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        let position = try body.startPosition()
        guard position.canBeSought else {
            throw body.badArgument("a queue cannot be moved to start \(position.wire.start), only to 0, 2, 3, 4 and 6")
        }
        self.init(try body.string(Int(body.header.short)), to: position)
        for (tag, bytes) in try body.fields() {
            switch SeekField(rawValue: tag) {
            case nil: throw body.badArgument("field \(tag) is none that this broker knows")
            case .session: session = try body.sessionName(bytes)
            case .incarnation: incarnation = try body.number(bytes, "incarnation")
            }
        }
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        buffer.writeFrame(type: ClientOpcode.seek.rawValue, short: pattern.utf8.count) { buffer in
            buffer.writeLittle(request)
            buffer.writeStart(position)
            buffer.writeString(pattern)
            if let session { buffer.writeField(SeekField.session.rawValue, session.string) }
            buffer.writeField(SeekField.incarnation.rawValue, incarnation)
        }
    }
}

extension FrameBody {
    /// `u8 start, 3 zero bytes, u64 argument`
    mutating func startPosition() throws(FrameError) -> StartPosition {
        let start: UInt8 = try integer()
        try skip(3)
        let argument: UInt64 = try integer()
        guard let position = StartPosition(start: start, argument: argument) else {
            throw badArgument("start \(start) is not one of 0 to 7")
        }
        return position
    }

    /// The text in the value of a field.
    func text(_ value: ByteBuffer, _ name: String) throws(FrameError) -> String {
        guard let text = String(validating: value.readableBytesView, as: UTF8.self) else {
            throw badArgument("\(name) is a text, and this one is not UTF-8")
        }
        return text
    }

    /// The start in the value of a field: one that needs no subscription.
    func start(_ value: ByteBuffer, _ name: String) throws(FrameError) -> StartPosition {
        var value = value
        guard value.readableBytes == 9, let start = value.readInteger(as: UInt8.self),
            let argument = value.readInteger(endianness: .little, as: UInt64.self)
        else { throw badArgument("\(name) has 9 bytes, this one has \(value.readableBytes)") }
        guard let position = StartPosition(start: start, argument: argument), position.canBeSought else {
            throw badArgument("start \(start) is not one of 0, 2, 3, 4 and 6")
        }
        return position
    }

    /// The u64 in the value of a field.
    func number(_ value: ByteBuffer, _ name: String) throws(FrameError) -> UInt64 {
        guard let number = value.wholeInteger(UInt64.self) else {
            throw badArgument("\(name) has 8 bytes, this one has \(value.readableBytes)")
        }
        return number
    }
}

extension ByteBuffer {
    mutating func writeStart(_ position: StartPosition) {
        writeLittle(UInt32(position.wire.start))
        writeLittle(position.wire.argument)
    }
}
