import ZaichikProtocol

/// An event of a client's connection. A program may ignore all of them.
public enum ClientEvent: Equatable, Sendable {
    /// Connected and welcomed, the first time or again.
    case connected(Welcome)
    /// The broker is another process than that of the connection before: what that one had and this client had not read is
    /// lost. The new one's topics are read from their first message. Follows ``connected(_:)``.
    case brokerReplaced
    /// The session that the client had is not there any more: it had expired or was deleted, and this is a new one. The
    /// library has subscribed again; what the earlier session had in flight, returned or parked is lost. Follows
    /// ``connected(_:)``.
    case sessionReplaced
    /// So many messages had been returned or parked and were with the queue of the connection that was lost: they do not
    /// come again. Only without a session.
    case asideLost(UInt64)
    /// A topic that the client read was deleted. A subscription to its name has ended.
    case topicDeleted(TopicName)
    /// The broker had taken back what was then committed, returned, touched or parked: its deadline had passed, so it comes
    /// again.
    case tooLate(ClientError)
    /// A topic that was read in the connection before is another one now, of the same name: what was not read of the earlier
    /// one is lost, and this one is read from its first message.
    case topicReplaced(TopicName)
    case disconnected(ClientError)
    /// An attempt to connect again failed. Its reason may be another than the one for which the connection was lost.
    case attemptFailed(ClientError)
    /// The next attempt, from 1, begins after this delay.
    case reconnecting(attempt: Int, delay: Duration)
    case gap(Gap)
    /// The broker is about to close the connection.
    case goodbye(ErrorCode?, String)
    /// The broker holds this client's publishes because a topic is full, or takes them up again.
    case blocked(Bool)
    /// Every 2 s, if ``ClientConfiguration/measureRoundTrip`` is set.
    case roundTrip(Duration)
    /// The broker refused what the library did by itself, such as subscribing again after a reconnect.
    case refused(ClientError)
}
