import NIOCore

/// What is to be looked at, a queue or a topic, and how much of it: the body of PEEK.
public struct PeekRequest: Equatable, Sendable {
    /// The client whose queue it is; 0: none.
    public var client: UInt64
    /// The session whose queue it is; empty: none.
    public var session: String
    /// The topic that is looked at; empty: none.
    public var topic: String
    /// The first message of the topic to show.
    public var start: StartPosition
    /// The most messages of each state.
    public var limit: UInt32

    public init(
        client: UInt64 = 0, session: String = "", topic: String = "", from start: StartPosition = .earliest,
        limit: UInt32
    ) {
        self.client = client
        self.session = session
        self.topic = topic
        self.start = start
        self.limit = limit
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        limit = try body.integer()
        client = try body.integer()
        session = try body.string(Int(body.header.short))
        (topic, start) = ("", .earliest)
        var hasStart = false
        for (tag, bytes) in try body.fields() {
            guard let field = PeekField(rawValue: tag) else {
                throw body.badArgument("field \(tag) is none that this broker knows")
            }
            switch field {
            case .topic: topic = try body.text(bytes, field.name)
            case .start:
                start = try body.start(bytes, field.name)
                hasStart = true
            }
        }
        guard [client > 0, !session.isEmpty, !topic.isEmpty].count(where: \.self) == 1 else {
            throw body.badArgument("it needs a client's id, a session's name or a topic, and only one of them")
        }
        guard !topic.isEmpty || !hasStart else {
            throw body.badArgument("a start is a place in a topic; a queue is looked at from where it is")
        }
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        buffer.writeFrame(type: ClientOpcode.peek.rawValue, short: session.utf8.count) { buffer in
            buffer.writeLittle(request)
            buffer.writeLittle(limit)
            buffer.writeLittle(client)
            buffer.writeString(session)
            guard !topic.isEmpty else { return }
            buffer.writeField(PeekField.topic.rawValue) { $0.writeString(topic) }
            if start != .earliest { buffer.writeField(PeekField.start.rawValue, start) }
        }
    }
}

/// A message of somebody's queue or of a topic: a row of PEEKED.
public struct PeekedMessage: Equatable, Sendable {
    /// Where a message is.
    public enum State: UInt8, CaseIterable, Sendable, CustomStringConvertible {
        case pending = 0
        case inFlight = 1
        case returned = 2
        case parked = 3
        /// In a topic, whoever reads it.
        case kept = 4

        public var description: String {
            switch self {
            case .pending: "pending"
            case .inFlight: "in flight"
            case .returned: "returned"
            case .parked: "parked"
            case .kept: "kept"
            }
        }
    }

    public var state: State
    /// Its place among those that come next, from 1; 0 unless it is pending.
    public var place: UInt64
    /// The client that has it; 0 unless it is in flight.
    public var client: UInt64
    /// Its frame bytes.
    public var size: UInt32
    /// The message itself. Its number is that of the delivery if it is in flight, and its time is when it was delivered,
    /// comes again, or was parked. Both are 0 if it is pending or kept.
    public var message: ParkedMessage

    public init(
        _ state: State, place: UInt64 = 0, client: UInt64 = 0, size: UInt32 = 0, message: ParkedMessage
    ) {
        self.state = state
        self.place = place
        self.client = client
        self.size = size
        self.message = message
    }

    init(row body: inout FrameBody) throws(FrameError) {
        // A state that is newer than this table is read as the most general one.
        let state = State(rawValue: try body.integer()) ?? .pending
        self.init(
            state, place: try body.integer(), client: try body.integer(), size: try body.integer(),
            message: try ParkedMessage(row: &body))
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeInteger(state.rawValue)
        buffer.writeLittle(place)
        buffer.writeLittle(client)
        buffer.writeLittle(size)
        message.writeRow(to: &buffer)
    }
}
