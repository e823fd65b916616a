import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// One topic as a person reads it: what it drops or refuses and who holds it back, its settings, its readers, its
/// publishers, and its figures in blocks.
struct TopicBlocks {
    var detail: TopicDetail
    var hasColours = false
    /// A time in µs since 1970 as text.
    var time: (UInt64) -> String = { TimeText.text($0) }

    private static let readers: [ClientTopicFigure] = [
        .lagMessages, .gapMessages, .lostRate, .oldestAge, .lagBytes, .pendingMessages, .inFlightMessages,
        .committedSequence,
    ]

    /// Its name and its verdict.
    func head(width: Int?) -> [String] {
        var lines = TextWidth.wrap(SafeText.escaped(detail.topic.name), width ?? .max)
        for sentence in TopicVerdict.sentences(detail) {
            let words = TextWidth.words(SafeText.escaped(sentence.text), columns: width ?? .max)
            lines += words.map { hasColours && sentence.isLoud ? Loudness.loud($0) : $0 }
        }
        return lines
    }

    func lines(width: Int?) -> [String] {
        let topic = detail.topic
        var lines = head(width: width)
        let settings = TopicSettings.Tag.allCases.map { tag -> [Table.Cell] in
            [.text(tag.figureName), .text(topic.settings.text(tag)), .text(tag.summary)]
        }
        lines += TextBlock.lines("SETTINGS", settings, width)
        if !detail.readers.rows.isEmpty { lines += TextBlock.lines(title(readers: detail.readers), readers, width) }
        if !detail.publishers.rows.isEmpty {
            lines += TextBlock.lines("PUBLISHERS, THE LATEST FIRST", publishers, width)
        }
        let figures = TopicFigure.allCases.map { TextBlock.row($0, topic[$0], time) }
        return lines + TextBlock.lines("FIGURES", figures, width)
    }

    private func title(readers: RowPage<TopicReader>) -> String {
        let (shown, all) = (readers.rows.count, readers.matching)
        return shown < all
            ? "READERS: \(shown) OF \(all), THE WORST FIRST" : "READERS, THE WORST FIRST"
    }

    private var readers: Table {
        let names = ["name", "state", "holds back"] + Self.readers.map(\.name) + ["id"]
        var table = Table(head: names, important: ["name", "state"] + Self.readers.prefix(3).map(\.name))
        table.hasColours = hasColours
        table.rows = detail.readers.rows.map { row in
            [.text(row.name), .state(row.state), .text(row.isHolding ? "holds" : "")]
                + Self.readers.map { .figure(row[$0], $0) } + [.number(row.id)]
        }
        return table
    }

    private var publishers: Table {
        let figures: [TopicPublisherFigure] = [.publishRate, .lastPublishAge, .publishedMessages]
        var table = Table(head: ["name"] + figures.map(\.name) + ["id"])
        table.rows = detail.publishers.rows.map { row in
            [.text(row.name)] + figures.map { .figure(row[$0], $0) } + [.number(row.id)]
        }
        return table
    }
}
