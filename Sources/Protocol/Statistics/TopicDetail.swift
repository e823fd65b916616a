/// One topic in detail: its row, the clients that read it, and the clients that published to it last.
public struct TopicDetail: Equatable, Sendable {
    public var topic: TopicStatistics
    /// Those that hold most of it back come first.
    public var readers: RowPage<TopicReader>
    /// The latest comes first. Only clients that are still connected.
    public var publishers: RowPage<TopicPublisher>
    /// nil if it takes publishes.
    public var pause: OperatorPause?

    public init(
        topic: TopicStatistics, readers: RowPage<TopicReader>, publishers: RowPage<TopicPublisher>,
        pause: OperatorPause? = nil
    ) {
        self.pause = pause
        self.topic = topic
        self.readers = readers
        self.publishers = publishers
    }
}

/// A client that reads a topic.
public struct TopicReader: Equatable, Sendable {
    /// Its connection id.
    public var id: UInt64 = 0
    public var name = ""
    public var state = ClientState.idle
    /// Whether the topic's limit counts from the earliest message that this client needs.
    public var isHolding = false
    /// Of the client in this topic.
    public var figures: FigureRow<ClientTopicFigure>

    public init(figures: FigureRow<ClientTopicFigure> = FigureRow()) { self.figures = figures }

    public subscript(figure: ClientTopicFigure) -> UInt64 {
        get { figures[figure] }
        set { figures[figure] = newValue }
    }
}

/// A client that published to a topic.
public struct TopicPublisher: Equatable, Sendable {
    /// Its connection id.
    public var id: UInt64 = 0
    public var name = ""
    public var figures: FigureRow<TopicPublisherFigure>

    public init(figures: FigureRow<TopicPublisherFigure> = FigureRow()) { self.figures = figures }

    public subscript(figure: TopicPublisherFigure) -> UInt64 {
        get { figures[figure] }
        set { figures[figure] = newValue }
    }
}

/// Figures about one of the clients that published to a topic last.
public enum TopicPublisherFigure: Int, Figure {
    case publishedMessages = 0
    case lastPublishAge
    case publishRate

    public var name: String {
        switch self {
        case .publishedMessages: "published_messages"
        case .lastPublishAge: "last_publish_age_us"
        case .publishRate: "published_per_second"
        }
    }

    public var unit: FigureUnit {
        switch self {
        case .publishedMessages: .messages
        case .lastPublishAge: .microseconds
        case .publishRate: .perSecond
        }
    }

    public var summary: String {
        switch self {
        case .publishedMessages: "accepted from it by this topic, since it is among the last to publish"
        case .lastPublishAge: "since its newest message in this topic"
        case .publishRate: "published by this client in the last second, in all topics"
        }
    }
}
