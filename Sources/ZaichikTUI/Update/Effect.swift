import ZaichikProtocol

/// What an update wants done in the world. The App does it.
enum Effect: Equatable, Sendable {
    case link(LinkRequest)
    /// Write every cell again.
    case redraw
    case suspend
    case mouse(Bool)
    case quit
}

/// What is asked of the broker; answers come as ``LinkEvent``.
enum LinkRequest: Equatable, Sendable {
    case watch(WatchRequest)
    case subscribe(TopicPattern, StartPosition)
    case unsubscribe(TopicPattern)
    case publish(topic: TopicName, key: String?, body: String)
    /// Done with this delivery and all before it.
    case commit(upTo: UInt64, connection: UInt64)
    case window(UInt32)
    case inspect(UInt64)
}
