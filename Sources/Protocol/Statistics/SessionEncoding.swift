import NIOCore

// Rows of sessions: docs/PROTOCOL.md, "SESSIONS".

extension FrameBody {
    /// `number of settings`, then `tag, u64` for each. Those that the table does not have are passed over.
    mutating func settings<Settings: SettingsTable>(_: Settings.Type = Settings.self) throws(FrameError) -> Settings {
        var settings = Settings()
        for _ in 0..<(try integer(UInt8.self)) {
            let tag: UInt8 = try integer()
            let value: UInt64 = try integer()
            if let tag = Settings.Tag(rawValue: tag) { _ = settings.set(tag, to: value) }
        }
        return settings
    }

    mutating func sessionDetail() throws(FrameError) -> SessionDetail {
        var detail = SessionDetail(session: try row(SessionStatistics.init(row:)))
        for _ in 0..<(try integer(UInt32.self)) {
            detail.subscriptions.append(try row(SessionDetail.Subscription.init(row:)))
        }
        for _ in 0..<(try integer(UInt32.self)) { detail.connections.append(try row(ClientStatistics.init(row:))) }
        for _ in 0..<(try integer(UInt32.self)) { detail.topics.append(try row(ClientTopicStatistics.init(row:))) }
        let fields = detailFields()
        detail.pause = fields.pause
        detail.evidence = Evidence(fields)
        return detail
    }
}

extension ByteBuffer {
    mutating func writeSettings<Settings: SettingsTable>(_ settings: Settings) {
        writeInteger(UInt8(Settings.Tag.allCases.count))
        for tag in Settings.Tag.allCases {
            writeInteger(tag.rawValue)
            writeLittle(settings[tag])
        }
    }

    mutating func writeSessionDetail(_ detail: SessionDetail) {
        writeRow(detail.session.writeRow)
        writeLittle(UInt32(detail.subscriptions.count))
        for subscription in detail.subscriptions { writeRow(subscription.writeRow) }
        writeLittle(UInt32(detail.connections.count))
        for client in detail.connections { writeRow(client.writeRow) }
        writeLittle(UInt32(detail.topics.count))
        for topic in detail.topics { writeRow(topic.writeRow) }
        writeField(detail.pause)
        detail.evidence.write(to: &self)
    }
}

extension SessionStatistics {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init()
        id = try body.integer()
        incarnation = try body.integer()
        state = ClientState(rawValue: try body.integer()) ?? .idle
        name = try body.shortString()
        settings = try body.settings()
        figures = try body.figures()
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(id)
        buffer.writeLittle(incarnation)
        buffer.writeInteger(state.rawValue)
        buffer.writeShortString(name)
        buffer.writeSettings(settings)
        buffer.writeFigures(figures)
    }
}

extension SessionDetail.Subscription {
    init(row body: inout FrameBody) throws(FrameError) {
        let pattern = try body.shortString()
        self.init(pattern: pattern, options: SubscribeOptions(rawValue: try body.integer()))
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeShortString(pattern)
        buffer.writeLittle(options.rawValue)
    }
}
