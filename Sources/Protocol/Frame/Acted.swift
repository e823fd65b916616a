import NIOCore

/// What an act has done, or would do: the body of ACTED.
public struct Acted: Equatable, Sendable {
    public var isDryRun: Bool
    /// The messages that went, or would go.
    public var messages: UInt64
    /// Their frame bytes.
    public var bytes: UInt64
    /// How many queues, connections or topics it concerns in all.
    public var count: UInt32
    /// The first of them: those that lose most, where messages go.
    public private(set) var rows: [Row]

    /// A queue or a connection that an act concerns.
    public struct Row: Equatable, Sendable {
        /// The client's id, or the session's; a topic's if the act is about topics.
        public var id: UInt64
        public var name: String
        public var messages: UInt64
        public var bytes: UInt64

        public init(id: UInt64, name: String, messages: UInt64 = 0, bytes: UInt64 = 0) {
            self.id = id
            self.name = name
            self.messages = messages
            self.bytes = bytes
        }
    }

    /// The most rows.
    public static let mostRows = 64

    /// Whether it concerns more than it has rows for.
    public var isCut: Bool { Int(count) > rows.count }

    /// - Parameter rows: Those that it concerns; the first ``mostRows`` are told.
    public init(
        messages: UInt64 = 0, bytes: UInt64 = 0, count: UInt32, rows: [Row], isDryRun: Bool = false
    ) {
        self.isDryRun = isDryRun
        self.messages = messages
        self.bytes = bytes
        self.count = count
        self.rows = Array(rows.prefix(Self.mostRows))
    }

    /// What concerns these, and nothing else.
    public init(_ rows: [Row], isDryRun: Bool = false) {
        self.init(
            messages: rows.reduce(0) { $0 + $1.messages }, bytes: rows.reduce(0) { $0 + $1.bytes },
            count: UInt32(rows.count), rows: rows, isDryRun: isDryRun)
    }

    /// Bit 0 of the frame's flags: a dry run. Bit 1: it concerns more than it has rows for.
    private static let dryRun: UInt8 = 1 << 0
    private static let cut: UInt8 = 1 << 1

    init(_ body: inout FrameBody) throws(FrameError) {
        let isDryRun = body.header.flags & Self.dryRun != 0
        let (messages, bytes): (UInt64, UInt64) = (try body.integer(), try body.integer())
        let count: UInt32 = try body.integer()
        var rows: [Row] = []
        for _ in 0..<(try body.integer(UInt32.self)) { rows.append(try body.row(Row.init(row:))) }
        self.init(messages: messages, bytes: bytes, count: count, rows: rows, isDryRun: isDryRun)
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        let flags = (isDryRun ? Self.dryRun : 0) | (isCut ? Self.cut : 0)
        buffer.writeFrame(type: BrokerOpcode.acted.rawValue, flags: flags) { buffer in
            buffer.writeLittle(request)
            buffer.writeLittle(messages)
            buffer.writeLittle(bytes)
            buffer.writeLittle(count)
            buffer.writeLittle(UInt32(rows.count))
            for row in rows { buffer.writeRow(row.write) }
        }
    }
}

extension Acted.Row {
    fileprivate init(row body: inout FrameBody) throws(FrameError) {
        self.init(
            id: try body.integer(), name: try body.shortString(), messages: try body.integer(),
            bytes: try body.integer())
    }

    fileprivate func write(to buffer: inout ByteBuffer) {
        buffer.writeLittle(id)
        buffer.writeShortString(name)
        buffer.writeLittle(messages)
        buffer.writeLittle(bytes)
    }
}
