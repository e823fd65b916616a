import ZaichikProtocol

/// What is to be said about a topic, with the figures that explain it: what it drops or refuses and why, who holds it
/// back, who publishes.
public enum TopicVerdict {
    public struct Sentence: Equatable, Sendable {
        public var text: String
        /// Whether messages are lost or refused.
        public var isLoud = false
    }

    /// The most urgent sentence comes first.
    public static func sentences(_ detail: TopicDetail) -> [Sentence] {
        var sentences: [Sentence] = []
        if let loss = loss(detail.topic) { sentences.append(Sentence(text: loss, isLoud: true)) }
        if let pause = detail.pause { sentences.append(Sentence(text: text(pause), isLoud: true)) }
        if let wait = wait(detail) { sentences.append(Sentence(text: wait, isLoud: true)) }
        sentences.append(Sentence(text: readers(detail)))
        sentences.append(Sentence(text: publishers(detail)))
        return sentences
    }

    private static func text(_ pause: OperatorPause) -> String {
        let end = pause.until == 0 ? "until they are resumed" : "until \(TimeText.text(pause.until))"
        let why = pause.reason.isEmpty ? "" : ": \(pause.reason)"
        return "Publishes are paused by \(pause.by) since \(TimeText.text(pause.since)), \(end)\(why)."
    }

    private static func loss(_ topic: TopicStatistics) -> String? {
        guard topic[.dropRate] > 0 else {
            guard topic[.droppedMessages] > 0 else { return nil }
            return "It has dropped \(topic[.droppedMessages]) messages that queues needed, none of them lately."
        }
        // What the limit allows is held when the limit is the reason.
        let isLimit = topic[.heldBytes] >= topic.settings.limit / 2
        let why =
            isLimit
            ? "its queues hold back \(FigureText.bytes(topic[.heldBytes])), and its limit is "
                + "\(FigureText.bytes(topic.settings.limit)). Faster readers or a larger limit would help."
            : "the broker's memory is used up. Faster readers or a larger memory limit of the broker would help."
        return "It drops \(NarrowFigure.count(topic[.dropRate])) messages a second, \(topic[.droppedMessages]) so far: "
            + why
    }

    /// A topic that makes its publishers wait, or refuses what they publish.
    private static func wait(_ detail: TopicDetail) -> String? {
        let topic = detail.topic
        let limit = "its queues hold back as much as its limit of \(FigureText.bytes(topic.settings.limit)) allows"
        if topic[.blockedPublishers] > 0 {
            let count = topic[.blockedPublishers]
            return "\(count == 1 ? "1 publisher waits" : "\(count) publishers wait") for room: \(limit)."
        }
        guard topic[.rejectedMessages] > 0 else { return nil }
        return "It has refused \(topic[.rejectedMessages]) publishes."
            + (topic.settings.overflow == .reject && topic[.heldBytes] >= topic.settings.limit / 10 * 9
                ? " It is full: \(limit)." : "")
    }

    private static func readers(_ detail: TopicDetail) -> String {
        let count = detail.readers.matching
        guard count > 0 else { return "No client reads it." }
        let number = count == 1 ? "1 client reads it" : "\(count) clients read it"
        guard let holder = detail.readers.rows.first(where: { $0.isHolding && $0[.lagMessages] > 0 }) else {
            guard let slowest = detail.readers.rows.first, slowest[.lagMessages] > 0 else {
                return "\(number), and \(count == 1 ? "is" : "all are") done with everything."
            }
            return "\(number); '\(label(slowest))' is furthest behind, by \(slowest[.lagMessages]) messages."
        }
        let age =
            holder[.oldestAge] > 0 ? ", the oldest from \(FigureText.age(microseconds: holder[.oldestAge])) ago" : ""
        return "\(number); '\(label(holder))' holds it back: \(holder[.lagMessages]) messages "
            + "(\(FigureText.bytes(holder[.lagBytes]))) wait for it\(age)."
    }

    private static func publishers(_ detail: TopicDetail) -> String {
        guard let latest = detail.publishers.rows.first else {
            return detail.topic[.publishedMessages] > 0
                ? "Those that published to it are no longer connected." : "Nobody has published to it."
        }
        let rate = detail.topic[.publishRate]
        let others = detail.publishers.rows.count - 1
        let more = others == 0 ? "" : others == 1 ? " and 1 other" : " and \(others) others"
        if rate > 0 {
            return "'\(latest.name)#\(latest.id)'\(more) \(others == 0 ? "publishes" : "publish") to it, "
                + "\(NarrowFigure.count(rate))/s in all."
        }
        return
            "'\(latest.name)#\(latest.id)' published to it last, \(FigureText.age(microseconds: latest[.lastPublishAge])) ago."
    }

    private static func label(_ reader: TopicReader) -> String { "\(reader.name)#\(reader.id)" }
}
