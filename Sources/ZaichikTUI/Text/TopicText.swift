import ZaichikProtocol
import ZaichikWords

/// One topic in detail: what it is set to, what it holds, and for whom.
enum TopicText {
    static func lines(_ inspection: TopicInspection, _ model: Model, columns: Int) -> [[Span]] {
        let topic = inspection.row
        var lines = TextWidth.words(verdict(topic), columns: columns).map { [Span($0, .strong)] }
        lines.append(subscription(inspection.name, model))
        lines.append([])
        lines += figures(topic)
        lines.append([])
        lines += settings(topic.settings, columns: columns)
        return lines
    }

    private static func verdict(_ topic: TopicStatistics) -> String {
        let readers = topic[.subscribers]
        let kept = NarrowFigure.count(topic[.retainedMessages])
        guard readers > 0 else { return "Nobody reads it. It keeps \(kept) messages for readers to come." }
        let read = readers == 1 ? "1 client reads it" : "\(NarrowFigure.count(readers)) clients read it"
        guard topic[.heldBytes] > 0 else { return "\(read), and none of them is behind." }
        return "\(read). \(FigureText.bytes(topic[.heldBytes])) are kept because they are not done with them."
    }

    private static func subscription(_ name: String, _ model: Model) -> [Span] {
        guard let own = model.subscriptions(matching: name).first else {
            return [Span("This program does not read it: ", .quiet), Span("t", .key), Span(" subscribes", .quiet)]
        }
        return own.pattern.string == name
            ? [Span("This program reads it: ", .quiet), Span("t", .key), Span(" unsubscribes", .quiet)]
            : [Span("This program reads it by the pattern '\(own.pattern)'", .quiet)]
    }

    private static func figures(_ topic: TopicStatistics) -> [[Span]] {
        let count = { (figure: TopicFigure) in NarrowFigure.count(topic[figure]) }
        return DetailText.grid([
            [
                ("in/s", count(.publishRate)), ("published", count(.publishedMessages)),
                ("last", DetailText.age(topic[.lastPublishAge])), ("readers", count(.subscribers)),
            ],
            [
                ("kept", count(.retainedMessages)), ("bytes", NarrowFigure.bytes(topic[.retainedBytes])),
                ("held", NarrowFigure.bytes(topic[.heldBytes])), ("dropped", count(.droppedMessages)),
            ],
            [
                ("expired", count(.expiredMessages)), ("refused", count(.rejectedMessages)),
                ("duplicates", count(.duplicateMessages)),
            ],
            [("earliest", "#\(topic[.earliestSequence])"), ("newest", "#\(topic[.headSequence])")],
        ])
    }

    private static func settings(_ settings: TopicSettings, columns: Int) -> [[Span]] {
        let tags = TopicSettings.Tag.allCases
        return [
            [
                Span("SETTING       VALUE               ", .columnTitle),
                Span("zaichik topic create changes them", .quiet),
            ]
        ]
            + tags.map { tag in
                [
                    Span(TextWidth.padded(tag.name, to: 14)),
                    Span(TextWidth.padded(settings.text(tag), to: 20), .strong),
                    Span(tag.summary, .quiet),
                ]
            }
    }
}
