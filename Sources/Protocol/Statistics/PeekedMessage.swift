import NIOCore

/// Whose queue is to be looked at, and how much of it: the body of PEEK.
public struct PeekRequest: Equatable, Sendable {
    /// The client whose queue it is; 0: none.
    public var client: UInt64
    /// The session whose queue it is; empty: none.
    public var session: String
    /// The most messages of each state.
    public var limit: UInt32

    public init(client: UInt64 = 0, session: String = "", limit: UInt32) {
        self.client = client
        self.session = session
        self.limit = limit
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        limit = try body.integer()
        client = try body.integer()
        session = try body.string(Int(body.header.short))
        guard (client == 0) != session.isEmpty else {
            throw body.badArgument("it needs a client's id or a session's name, and not both")
        }
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        buffer.writeFrame(type: ClientOpcode.peek.rawValue, short: session.utf8.count) { buffer in
            buffer.writeLittle(request)
            buffer.writeLittle(limit)
            buffer.writeLittle(client)
            buffer.writeString(session)
        }
    }
}

/// A message of somebody's queue: a row of PEEKED.
public struct PeekedMessage: Equatable, Sendable {
    /// Where a message is in a queue.
    public enum State: UInt8, CaseIterable, Sendable, CustomStringConvertible {
        case pending = 0
        case inFlight = 1
        case returned = 2
        case parked = 3

        public var description: String {
            switch self {
            case .pending: "pending"
            case .inFlight: "in flight"
            case .returned: "returned"
            case .parked: "parked"
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
    /// comes again, or was parked.
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
