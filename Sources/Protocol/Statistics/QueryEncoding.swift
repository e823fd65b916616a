import NIOCore

extension ListQuery {
    /// `sort (0: by name, else the figure's place + 1), order (1: ascending), u16 0, limit, filter`.
    init(_ body: inout FrameBody, _ filterLength: UInt16) throws(FrameError) {
        try self.init(head: &body)
        try body.skip(2)
        limit = try body.integer()
        filter = try Self.filter(&body, length: Int(filterLength))
    }

    /// The same with the filter's length where the other form has 0.
    init(inline body: inout FrameBody) throws(FrameError) {
        try self.init(head: &body)
        let length: UInt16 = try body.integer()
        limit = try body.integer()
        filter = try Self.filter(&body, length: Int(length))
    }

    private static func filter(_ body: inout FrameBody, length: Int) throws(FrameError) -> String {
        guard length <= longestFilter else {
            throw body.badArgument("a filter has at most \(longestFilter) bytes, as a name has; this one has \(length)")
        }
        return try body.string(length)
    }

    private init(head body: inout FrameBody) throws(FrameError) {
        self.init()
        let sort: UInt8 = try body.integer()
        if sort > 0 {
            guard let figure = F(rawValue: Int(sort) - 1) else {
                throw body.badArgument(
                    "\(sort) is not a figure to sort by; 0 is by name, n + 1 by the figure in place n")
            }
            self.sort = figure
        }
        descending = try body.integer(UInt8.self) == 0
    }

    func writeFrame(_ type: UInt8, request: UInt32, to buffer: inout ByteBuffer) {
        let filter = sentFilter
        buffer.writeFrame(type: type, short: filter.utf8.count) { buffer in
            buffer.writeLittle(request)
            write(filter, length: 0, to: &buffer)
        }
    }

    func writeInline(to buffer: inout ByteBuffer) {
        let filter = sentFilter
        write(filter, length: UInt16(filter.utf8.count), to: &buffer)
    }

    /// A filter that is too long is sent whole, for the broker to refuse: if cut, it would match other rows.
    private var sentFilter: String { filter.clamped(toUTF8: Int(UInt16.max)) }

    private func write(_ filter: String, length: UInt16, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(sort.map { $0.rawValue + 1 } ?? 0))
        buffer.writeInteger(UInt8(descending ? 0 : 1))
        buffer.writeLittle(length)
        buffer.writeLittle(limit)
        buffer.writeString(filter)
    }
}

extension WatchRequest {
    private static let wantsClients: UInt8 = 1
    private static let wantsTopics: UInt8 = 2

    /// `interval, what, 3 zero bytes, query of clients, query of topics`; both queries are always there.
    init(_ body: inout FrameBody) throws(FrameError) {
        self.init(interval: try body.integer())
        let what: UInt8 = try body.integer()
        try body.skip(3)
        let clients = try ClientQuery(inline: &body)
        let topics = try TopicQuery(inline: &body)
        if what & Self.wantsClients != 0 { self.clients = clients }
        if what & Self.wantsTopics != 0 { self.topics = topics }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeLittle(interval)
        let what = (clients == nil ? 0 : Self.wantsClients) | (topics == nil ? 0 : Self.wantsTopics)
        buffer.writeLittle(UInt32(what))
        (clients ?? ClientQuery(descending: true)).writeInline(to: &buffer)
        (topics ?? TopicQuery(descending: true)).writeInline(to: &buffer)
    }
}
