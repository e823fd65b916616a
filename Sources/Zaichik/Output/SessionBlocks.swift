import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// One session as a person reads it: its state, its settings, its clients, its topics, and its figures in blocks.
struct SessionBlocks {
    var detail: SessionDetail
    var hasColours = false
    /// A time in µs since 1970 as text.
    var time: (UInt64) -> String = { TimeText.text($0) }

    private static let clients: [ClientFigure] = [
        .inFlightMessages, .window, .deliverRate, .commitRate, .lastCommitAge,
    ]
    private static let topics: [ClientTopicFigure] = [
        .lagMessages, .gapMessages, .lostRate, .oldestAge, .pendingMessages, .inFlightMessages, .returnedMessages,
        .parkedMessages, .lagBytes, .publishRate, .committedSequence, .headSequence,
    ]
    /// Figures to sort by, which say nothing by themselves.
    private static let hidden: [SessionFigure] = [.severity]

    /// Its name, its state and its verdict.
    func head(width: Int?) -> [String] {
        let session = detail.session
        let title = "\(SafeText.escaped(session.name)): \(StateText.word(session.state))"
        let isLoud = hasColours && session.state == .losing
        var lines = TextWidth.wrap(title, width ?? .max).map { isLoud ? Loudness.loud($0) : $0 }
        lines += TextWidth.words(sentence, columns: width ?? .max)
        if session.state != .absent {
            lines += TextWidth.words(SafeText.escaped(ClientVerdict.sentence(detail)), columns: width ?? .max)
        }
        if let pause = detail.pause, session.state != .paused {
            lines += TextWidth.words(SafeText.escaped(ActText.pause(pause, time: time)), columns: width ?? .max)
        }
        return lines
    }

    func lines(width: Int?) -> [String] {
        let session = detail.session
        var lines = head(width: width)
        let figures = SessionFigure.allCases.filter { !Self.hidden.contains($0) }
        lines += TextBlock.lines("QUEUE", figures.map { TextBlock.row($0, session[$0], time) }, width)
        let settings = SessionSettings.Tag.allCases.map { tag -> [Table.Cell] in
            [.text(tag.figureName), .text(session.settings.text(tag)), .text(tag.summary)]
        }
        lines += TextBlock.lines("SETTINGS", settings, width)
        if !detail.connections.isEmpty { lines += TextBlock.lines("CLIENTS", clients, width) }
        if !detail.topics.isEmpty { lines += TextBlock.lines("IN TOPICS", topics, width) }
        return lines + TextBlock.lines("SUBSCRIBED TO", detail.subscriptions.map(Self.row), width)
    }

    /// Who has it, or since when nobody has.
    private var sentence: String {
        let session = detail.session
        guard session.state == .absent else {
            let count = session[.connections]
            return "It is \(session.settings.mode), and \(count) \(count == 1 ? "client is" : "clients are") attached."
        }
        return "It is \(session.settings.mode). Nobody is attached since \(time(session[.absentSince])); "
            + "it ends at \(time(session[.expiresAt])) unless a client comes."
    }

    private var clients: Table {
        let names = ["name", "state"] + Self.clients.map(\.name) + ["id", "host", "address", "pid"]
        var table = Table(head: names, important: ["name", "state"] + Self.clients.prefix(2).map(\.name))
        table.hasColours = hasColours
        table.rows = detail.connections.map { row in
            [.text(row.name), .state(row.state)] + Self.clients.map { .figure(row[$0], $0) }
                + [.number(row.id), .text(row.host), .text(row.address), .text(row.pid)]
        }
        return table
    }

    private var topics: Table {
        let names = ["topic"] + Self.topics.map(\.name)
        var table = Table(head: names, important: names)
        table.rows = detail.topics.map { topic in
            [.text(topic.topic)] + Self.topics.map { .figure(topic[$0], $0) }
        }
        return table
    }

    private static func row(_ subscription: SessionDetail.Subscription) -> [Table.Cell] {
        [.text(subscription.pattern), .text(subscription.options.words.joined(separator: ", "))]
    }
}

extension SubscribeOptions {
    /// The names of those that are set.
    var words: [String] { Self.names.filter { contains($0.option) }.map(\.name) }
}

extension SessionSettings.Tag {
    /// The name beside figures and in JSON: in snake case, with the unit.
    var figureName: String {
        switch self {
        case .mode: "mode"
        case .expiry: "expiry_ms"
        case .commitDeadline: "commit_deadline_ms"
        case .attempts: "attempts"
        case .lagMessages: "lag_limit_messages"
        case .lagBytes: "lag_limit_bytes"
        case .lagOverflow: "lag_overflow"
        }
    }
}

extension SessionStatistics {
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("id", id)
        buffer.writeField("name", name)
        buffer.writeField("incarnation", incarnation)
        buffer.writeField("state", state.description)
        figures.write(to: &buffer)
        for tag in SessionSettings.Tag.allCases {
            switch tag {
            case .mode: buffer.writeField(tag.figureName, settings.mode.description)
            case .lagOverflow: buffer.writeField(tag.figureName, settings.lagOverflow.description)
            case .expiry, .commitDeadline, .attempts, .lagMessages, .lagBytes:
                buffer.writeField(tag.figureName, settings[tag])
            }
        }
    }
}

extension SessionDetail {
    func write(to buffer: inout ByteBuffer) {
        session.write(to: &buffer)
        buffer.writeField("verdict", ClientVerdict.sentence(self))
        buffer.writeField("evidence", object: evidence.write)
        buffer.writeField(pause)
        buffer.writeField("subscribed_to", list: subscriptions) { subscription, buffer in
            buffer.writeField("topic", subscription.pattern)
            buffer.writeField("options", texts: subscription.options.words)
        }
        let labels = ClientLabel.labels(of: connections)
        buffer.writeField("connections", list: Array(zip(connections, labels))) { $0.0.write(label: $0.1, to: &$1) }
        buffer.writeField("in_topics", list: topics) { $0.write(to: &$1) }
    }
}
