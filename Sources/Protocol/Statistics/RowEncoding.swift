import NIOCore

// Rows carry their own length, and figures their count, so that both can grow: a reader skips what it does not know,
// and missing figures are 0. docs/PROTOCOL.md, "Rows".

extension FrameBody {
    mutating func figures<F: Figure>(_: F.Type = F.self) throws(FrameError) -> FigureRow<F> {
        let count: UInt8 = try integer()
        var values: [UInt64] = []
        for _ in 0..<count { values.append(try integer()) }
        return FigureRow(wire: values)
    }

    /// Reads one row with `read` and skips what a newer sender added at its end.
    mutating func row<Row>(
        _ read: (inout FrameBody) throws(FrameError) -> Row
    ) throws(FrameError) -> Row {
        let length: UInt16 = try integer()
        let end = bytes.readableBytes - Int(length)
        guard end >= 0 else { throw badArgument("a row of \(length) bytes reaches past the frame") }
        rowEnd = end
        let row = try read(&self)
        guard bytes.readableBytes >= end else { throw badArgument("a row is longer than its \(length) bytes") }
        try skip(bytes.readableBytes - end)
        return row
    }

    /// How many rows match, how many follow, and these.
    mutating func page<Row>(
        _ read: (inout FrameBody) throws(FrameError) -> Row
    ) throws(FrameError) -> RowPage<Row> {
        let matching: UInt32 = try integer()
        let count: UInt32 = try integer()
        var page = RowPage<Row>(rows: [], matching: Int(matching))
        for _ in 0..<count { page.rows.append(try row(read)) }
        return page
    }

    mutating func topicPage() throws(FrameError) -> RowPage<TopicStatistics> {
        try page(TopicStatistics.init(row:))
    }

    mutating func clientPage() throws(FrameError) -> RowPage<ClientStatistics> {
        try page(ClientStatistics.init(row:))
    }

    mutating func clientDetail() throws(FrameError) -> ClientDetail {
        let client = try row(ClientStatistics.init(row:))
        var detail = ClientDetail(client: client, subscriptions: [], topics: [])
        for _ in 0..<(try integer(UInt32.self)) { detail.subscriptions.append(try shortString()) }
        for _ in 0..<(try integer(UInt32.self)) { detail.topics.append(try row(ClientTopicStatistics.init(row:))) }
        let fields = detailFields()
        detail.pause = fields.pause
        detail.evidence = Evidence(fields)
        return detail
    }
}

extension ByteBuffer {
    mutating func writeFigures<F: Figure>(_ figures: FigureRow<F>) {
        writeInteger(UInt8(figures.values.count))
        #if _endian(little)
            // The figures lie in memory as they do on the wire.
            writeBytes(figures.values.span.bytes)
        #else
            for value in figures.values { writeLittle(value) }
        #endif
    }

    mutating func writeRow(_ body: (inout ByteBuffer) -> Void) {
        let start = writerIndex
        writeLittle(UInt16(0))
        body(&self)
        setInteger(UInt16(writerIndex - start - 2), at: start, endianness: .little)
    }

    mutating func writePage<Row>(_ page: RowPage<Row>, _ write: (Row, inout ByteBuffer) -> Void) {
        writeLittle(UInt32(page.matching))
        writeLittle(UInt32(page.rows.count))
        for row in page.rows { writeRow { write(row, &$0) } }
    }

    mutating func writeTopics(_ page: RowPage<TopicStatistics>) { writePage(page) { $0.writeRow(to: &$1) } }

    mutating func writeClients(_ page: RowPage<ClientStatistics>) { writePage(page) { $0.writeRow(to: &$1) } }

    mutating func writeDetail(_ detail: ClientDetail) {
        writeRow(detail.client.writeRow)
        writeLittle(UInt32(detail.subscriptions.count))
        for subscription in detail.subscriptions { writeShortString(subscription) }
        writeLittle(UInt32(detail.topics.count))
        for topic in detail.topics { writeRow(topic.writeRow) }
        writeField(detail.pause)
        detail.evidence.write(to: &self)
    }
}

extension TopicStatistics {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init()
        id = try body.integer()
        name = try body.shortString()
        settings = try body.settings()
        figures = try body.figures()
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(id)
        buffer.writeShortString(name)
        buffer.writeSettings(settings)
        buffer.writeFigures(figures)
    }
}

extension ClientStatistics {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init()
        id = try body.integer()
        dialect = Dialect(rawValue: try body.integer()) ?? .native
        state = ClientState(rawValue: try body.integer()) ?? .idle
        name = try body.shortString()
        program = try body.shortString()
        version = try body.shortString()
        host = try body.shortString()
        pid = try body.shortString()
        address = try body.shortString()
        figures = try body.figures()
        session = try body.optionalShortString()
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(id)
        buffer.writeInteger(dialect.rawValue)
        buffer.writeInteger(state.rawValue)
        for text in [name, program, version, host, pid, address] { buffer.writeShortString(text) }
        buffer.writeFigures(figures)
        buffer.writeShortString(session)
    }
}

extension ClientTopicStatistics {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init()
        topicID = try body.integer()
        topic = try body.shortString()
        figures = try body.figures()
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(topicID)
        buffer.writeShortString(topic)
        buffer.writeFigures(figures)
    }
}

extension StatisticsUpdate {
    private static let hasClients: UInt8 = 1
    private static let hasTopics: UInt8 = 2

    /// The field that tells which kinds of rows follow.
    static func parts(clients: Bool, topics: Bool) -> UInt8 { (clients ? hasClients : 0) | (topics ? hasTopics : 0) }

    init(_ body: inout FrameBody) throws(FrameError) {
        let time: UInt64 = try body.integer()
        let what: UInt8 = try body.integer()
        self.init(time: time, broker: try body.figures())
        if what & Self.hasClients != 0 { clients = try body.clientPage() }
        if what & Self.hasTopics != 0 { topics = try body.topicPage() }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeLittle(time)
        buffer.writeInteger(Self.parts(clients: clients != nil, topics: topics != nil))
        buffer.writeFigures(broker)
        if let clients { buffer.writeClients(clients) }
        if let topics { buffer.writeTopics(topics) }
    }
}
