import ZaichikProtocol

/// The traced messages of a queue that it is not done with, and what has happened to them in this step of its loop.
///
/// A queue has it from the first delivery of such a message on, until it is done with all of them.
final class QueueTraces {
    /// A traced message.
    struct Traced {
        let topic: Topic
        let sequence: UInt64
    }

    /// What has happened to one.
    struct News {
        let message: Traced
        let kind: TraceKind
        /// The serial of the attachment that it was delivered to; 0 if it was not.
        var attachment: UInt16 = 0
        /// How often it was delivered.
        var attempt: UInt32 = 0
        var reason = ""
        /// When it comes again, in µs since 1970.
        var due: UInt64 = 0
    }

    private let reader: ReaderHandle
    private let desk: TraceDesk
    private var open: [Traced] = []
    private var news: [News] = []

    /// The most messages that are followed: with more, the earliest is not followed further.
    static let most = 1 << 10

    init(reader: ReaderHandle, desk: TraceDesk) {
        self.reader = reader
        self.desk = desk
    }

    var isDone: Bool { open.isEmpty && news.isEmpty }

    func tell(_ happened: News) {
        if news.isEmpty { desk.hasNews(reader) }
        news.append(happened)
    }

    func delivered(_ message: Traced, attempt: UInt32, to attachment: UInt16) {
        tell(News(message: message, kind: .delivered, attachment: attachment, attempt: attempt))
        guard index(message.topic.id, message.sequence) == nil else { return }
        if open.count == Self.most { tell(News(message: open.removeFirst(), kind: .unfollowed)) }
        open.append(message)
    }

    /// Tells what has happened to those messages of a range that are followed.
    ///
    /// - Parameter isDone: Whether the queue is done with them.
    func tell(
        _ sequences: ClosedRange<UInt64>, ofTopic id: UInt32, isDone: Bool, _ news: (Traced) -> News
    ) {
        for message in open where message.topic.id == id && sequences.contains(message.sequence) {
            tell(news(message))
        }
        if isDone { open.removeAll { $0.topic.id == id && sequences.contains($0.sequence) } }
    }

    /// Tells that the queue will not get a message, whether it had it before or not.
    func gone(_ news: News) {
        tell(news)
        if let index = index(news.message.topic.id, news.message.sequence) { open.remove(at: index) }
    }

    /// The queue ends, with all that it was not done with.
    func end() {
        for message in open { tell(News(message: message, kind: .ended)) }
        open = []
    }

    /// - Returns: What has happened; nothing is left.
    func take() -> [News] {
        defer { news = [] }
        return news
    }

    private func index(_ topicID: UInt32, _ sequence: UInt64) -> Int? {
        open.firstIndex { $0.topic.id == topicID && $0.sequence == sequence }
    }
}
