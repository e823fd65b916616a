import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension StandardOutput {
    /// Writes a line with one JSON object.
    mutating func object(_ fields: (inout ByteBuffer) -> Void) {
        buffer.beginObject()
        fields(&buffer)
        buffer.endObject()
        buffer.writeInteger(UInt8(ascii: "\n"))
    }
}

extension Table.Cell {
    static func figure(_ value: UInt64, _ figure: some Figure) -> Table.Cell {
        .number(value, shown: FigureText.text(value, figure))
    }

    /// - Parameter time: Writes a time in µs since 1970 UTC; 0 is none.
    static func figure(_ value: UInt64, _ figure: some Figure, _ time: (UInt64) -> String) -> Table.Cell {
        guard figure.unit == .time else { return .figure(value, figure) }
        return .number(value, shown: value > 0 ? time(value) : "-")
    }

    /// In one word; for people, losing is the loudest.
    static func state(_ state: ClientState) -> Table.Cell {
        var cell = Table.Cell.text(state.description)
        cell.shown = StateText.word(state)
        cell.isLoud = state == .losing
        return cell
    }
}

extension FigureRow {
    /// Every figure under its name.
    func write(to buffer: inout ByteBuffer) {
        for figure in F.allCases { buffer.writeField(figure.name, self[figure]) }
    }
}

extension TopicSettings.Tag {
    /// The name beside figures and in JSON: in snake case, with the unit.
    var figureName: String {
        switch self {
        case .retention: "retention_ms"
        case .historyBytes: "history_bytes"
        case .historyCount: "history_messages"
        case .limit: "limit_bytes"
        case .overflow: "overflow"
        case .deduplicationWindow: "dedup_window_ms"
        case .deduplicationScope: "dedup_scope"
        }
    }
}

extension TopicStatistics {
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("name", name)
        buffer.writeField("id", UInt64(id))
        figures.write(to: &buffer)
        for tag in TopicSettings.Tag.allCases {
            switch tag {
            case .overflow: buffer.writeField(tag.figureName, settings.overflow.description)
            case .deduplicationScope: buffer.writeField(tag.figureName, settings.deduplicationScope.description)
            case .retention, .historyBytes, .historyCount, .limit, .deduplicationWindow:
                buffer.writeField(tag.figureName, settings[tag])
            }
        }
    }
}

extension ClientStatistics {
    /// - Parameter label: The name that tells the client from the others.
    func write(label: String, to buffer: inout ByteBuffer) {
        buffer.writeField("id", id)
        buffer.writeField("name", name)
        buffer.writeField("label", label)
        buffer.writeField("program", program)
        buffer.writeField("version", version)
        buffer.writeField("pid", pid)
        buffer.writeField("host", host)
        buffer.writeField("address", address)
        buffer.writeField("dialect", dialect.description)
        buffer.writeField("session", session)
        buffer.writeField("state", state.description)
        figures.write(to: &buffer)
    }
}

extension ClientTopicStatistics {
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("topic", topic)
        figures.writeInTopic(to: &buffer)
    }
}

extension FigureRow<ClientTopicFigure> {
    /// Every figure under its name; the cause of a loss in a word, null if nothing is being lost.
    func writeInTopic(to buffer: inout ByteBuffer) {
        for figure in ClientTopicFigure.allCases {
            guard figure == .lossCause else {
                buffer.writeField(figure.name, self[figure])
                continue
            }
            let cause = LossCause(rawValue: self[figure]) ?? .none
            if cause == .none {
                buffer.writeNull(figure.name)
            } else {
                buffer.writeField(figure.name, cause.description)
            }
        }
    }
}

extension ClientDetail {
    /// - Parameter label: The name that tells the client from the others.
    func write(label: String, to buffer: inout ByteBuffer) {
        client.write(label: label, to: &buffer)
        buffer.writeField("verdict", ClientVerdict.sentence(self))
        buffer.writeField("evidence", object: evidence.write)
        buffer.writeField(pause)
        buffer.writeField("subscribed_to", texts: subscriptions)
        buffer.writeField("in_topics", list: topics) { $0.write(to: &$1) }
    }
}

extension ByteBuffer {
    /// The fields of a pause, if there is one.
    mutating func writeField(_ pause: OperatorPause?) {
        guard let pause else { return }
        writeField("paused_by", pause.by)
        writeField("paused_reason", pause.reason)
        writeField("paused_since_us", pause.since)
        if pause.until > 0 { writeField("paused_until_us", pause.until) }
    }
}

extension TopicDetail {
    func write(to buffer: inout ByteBuffer) {
        topic.write(to: &buffer)
        buffer.writeField("verdict", TopicVerdict.sentences(self).map(\.text).joined(separator: " "))
        buffer.writeField("readers_matching", UInt64(readers.matching))
        buffer.writeField("readers", list: readers.rows) { row, buffer in
            buffer.writeField("id", row.id)
            buffer.writeField("name", row.name)
            buffer.writeField("state", row.state.description)
            buffer.writeField("holding", row.isHolding)
            row.figures.writeInTopic(to: &buffer)
        }
        buffer.writeField("publishers", list: publishers.rows) { row, buffer in
            buffer.writeField("id", row.id)
            buffer.writeField("name", row.name)
            row.figures.write(to: &buffer)
        }
    }
}
