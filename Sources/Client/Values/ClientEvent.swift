import ZaichikProtocol

/// An event of a client's connection. A program may ignore all of them.
public enum ClientEvent: Equatable, Sendable {
    /// Connected and welcomed, the first time or again.
    case connected(Welcome)
    /// The broker is another process than that of the connection before: what that one had and this client had not read is
    /// lost. The new one's topics are read from their first message. Follows ``connected(_:)``.
    case brokerReplaced
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
