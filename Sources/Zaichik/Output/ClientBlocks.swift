import ZaichikProtocol
import ZaichikWords

/// One client as a person reads it: its name, why it is behind or what it loses, and its figures in blocks.
struct ClientBlocks {
    var detail: ClientDetail
    var hasColours = false
    /// A time in µs since 1970 as text.
    var time: (UInt64) -> String = { TimeText.text($0) }

    private static let queue: [ClientFigure] = [
        .gapMessages, .lostRate, .lagMessages, .lagBytes, .oldestAge, .pendingMessages, .inFlightMessages, .window,
        .returnedMessages, .parkedMessages, .redeliveredMessages, .windowBytes, .lastCommitAge, .unsentBytes,
    ]
    private static let session: [ClientFigure] = [.connections, .absentSince, .expiresAt]
    private static let rates: [ClientFigure] = [
        .publishRate, .publishRate10, .publishRate60, .deliverRate, .deliverRate10, .deliverRate60, .commitRate,
        .commitRate10, .commitRate60,
    ]
    private static let times: [ClientFigure] = [
        .deliveryTimeMedian, .deliveryTimeHigh, .deliveryTimeLongest, .commitTimeMedian, .commitTimeHigh,
        .commitTimeLongest, .roundTrip, .unwritable, .unwritableInAll,
    ]
    private static let topics: [ClientTopicFigure] = [
        .lagMessages, .gapMessages, .lostRate, .oldestAge, .pendingMessages, .inFlightMessages, .returnedMessages,
        .parkedMessages, .lagBytes, .publishRate, .committedSequence, .headSequence, .nextSequence,
    ]
    /// Figures to sort by, which say nothing by themselves.
    private static let hidden: [ClientFigure] = [.severity]

    /// Its name, its state and its verdict.
    func head(width: Int?) -> [String] {
        let client = detail.client
        let title = "\(SafeText.escaped(client.name))#\(client.id): \(StateText.word(client.state))"
        let isLoud = hasColours && client.state == .losing
        var lines = TextWidth.wrap(title, width ?? .max).map { isLoud ? Loudness.loud($0) : $0 }
        lines += TextWidth.words(SafeText.escaped(ClientVerdict.sentence(detail)), columns: width ?? .max)
        if let pause = detail.pause, client.state != .paused {
            lines += TextWidth.words(SafeText.escaped(ActText.pause(pause, time: time)), columns: width ?? .max)
        }
        return lines
    }

    func lines(width: Int?) -> [String] {
        let client = detail.client
        var lines = head(width: width)
        lines += TextBlock.lines("QUEUE", figures(Self.queue), width)
        lines += TextBlock.lines("RATES", figures(Self.rates), width)
        lines += TextBlock.lines("TIMES", figures(Self.times), width)
        if !detail.topics.isEmpty {
            var table = Table(
                head: ["topic"] + Self.topics.map(\.name), important: ["topic"] + Self.topics.map(\.name))
            table.rows = detail.topics.map { topic in
                [.text(topic.topic)] + Self.topics.map { .figure(topic[$0], $0) }
            }
            lines += TextBlock.lines("IN TOPICS", table, width)
        }
        lines += TextBlock.lines("SUBSCRIBED TO", detail.subscriptions.map { [.text($0)] }, width)
        lines += TextBlock.lines("SINCE IT CONNECTED", figures(Self.others), width)
        if !client.session.isEmpty {
            lines += TextBlock.lines("SESSION \(SafeText.escaped(client.session))", figures(Self.session), width)
        }
        let texts = [
            ("program", "\(client.program) \(client.version)"), ("pid", client.pid), ("host", client.host),
            ("address", client.address), ("dialect", client.dialect.description),
        ]
        return lines + TextBlock.lines("PROGRAM", texts.map { [.text($0), .text($1)] }, width)
    }

    /// Those that are in no other block.
    private static var others: [ClientFigure] {
        let known = queue + rates + times + session + hidden
        return ClientFigure.allCases.filter { !known.contains($0) }
    }

    /// Its figures alone.
    func figureLines(width: Int?) -> [String] {
        TextBlock.lines("QUEUE", figures(Self.queue), width) + TextBlock.lines("TIMES", figures(Self.times), width)
            + TextBlock.lines("WHILE IT WAS CONNECTED", figures(Self.others), width)
    }

    private func figures(_ figures: [ClientFigure]) -> [[Table.Cell]] {
        figures.map { TextBlock.row($0, detail.client[$0], time) }
    }
}

/// A titled block of a text for people, indented by two.
enum TextBlock {
    /// A figure's short name, its value and its meaning.
    static func row(_ figure: some Figure, _ value: UInt64, _ time: (UInt64) -> String) -> [Table.Cell] {
        let shown = figure.unit == .time && value > 0 ? time(value) : FigureText.text(value, figure)
        return [
            .text(Table.short(figure.name)), .number(value, shown: shown),
            .text(figure.summary.filter { $0 != "`" }),
        ]
    }

    /// The width below which meanings are left out.
    private static let meaningWidth = 60

    /// - Parameter rows: Name, value and meaning, or fewer.
    /// - Returns: Nothing if there are no rows.
    static func lines(_ title: String, _ rows: [[Table.Cell]], _ width: Int?) -> [String] {
        guard let first = rows.first else { return [] }
        let columns = (width ?? .max) < meaningWidth ? 2 : first.count
        var table = Table(head: first.prefix(columns).map { _ in "" })
        table.rows = rows.map { Array($0.prefix(columns)) }
        return ["", title] + indented(table, width).dropFirst()
    }

    /// - Returns: The block with the table's head.
    static func lines(_ title: String, _ table: Table, _ width: Int?) -> [String] {
        ["", title] + indented(table, width)
    }

    private static func indented(_ table: Table, _ width: Int?) -> [String] {
        table.lines(aligned: true, width: width.map { max($0 - 2, 1) }).map { "  " + $0 }
    }
}
