import ZaichikProtocol

/// An event of the connection to the broker.
enum LinkEvent: Equatable, Sendable {
    case connecting(attempt: Int)
    case connected(Welcome)
    case lost(String)
    /// Another broker or topic answers than before the connection was lost.
    case replaced(String)
    /// The connection is tried again after this delay.
    case retrying(attempt: Int, delay: Duration)
    case roundTrip(Duration)
    case blocked(Bool)
    case goodbye(String)
    case statistics(StatisticsUpdate)
    case arrived([LinkArrival])
    case published(PublishResult)
    /// A topic that was subscribed or published to, and did not exist.
    case created(topic: String)
    case subscribed(Subscription)
    /// What the session of this program subscribed to before.
    case resumed(session: String, [Subscription])
    /// A topic that was read is deleted.
    case topicDeleted(TopicName)
    /// A delivery was returned or parked.
    case settled(HandSettlement)
    /// The connection is not made again by itself: somebody else has what it had, or did away with it.
    case ended(String)
    case unsubscribed(TopicPattern)
    case detail(id: UInt64, ClientDetail)
    case noDetail(id: UInt64, String)
    case topicDetail(name: String, TopicDetail)
    case noTopicDetail(name: String, String)
    case sessionDetail(SessionDetail)
    case noSessionDetail(name: String, String)
    /// What an act would take.
    case rehearsed(ActPlan, Acted)
    /// An act is done. What has a request of its own tells no figures.
    case acted(ActPlan, Acted?)
    case actRefused(ActPlan, String)
    /// A request was refused.
    case refused(String)
    /// For the panes in Screens.
    case screen(ScreenNews)
    // Clients and Topics
    case clients(ClientsEvent)
    // Messages screen
    case browse(BrowseEvent)
    // Publish screen
    case load(LoadEvent)

    /// Whether the broker must have sent something for it.
    var isSignOfLife: Bool {
        switch self {
        case .connected, .replaced, .roundTrip, .blocked, .goodbye, .statistics, .arrived, .created, .subscribed,
            .unsubscribed, .detail, .topicDetail, .sessionDetail, .resumed, .topicDeleted,
            .rehearsed, .acted:
            true
        case .clients(let event): event.isSignOfLife
        case .connecting, .lost, .retrying, .published, .noDetail, .noTopicDetail, .noSessionDetail, .refused, .settled,
            .ended, .actRefused, .screen:
            false
        case .browse(.page), .browse(.whole): true
        case .browse(.noPage), .browse(.noWhole), .load: false
        }
    }
}

/// Something that came from this program's own queue.
enum LinkArrival: Equatable, Sendable {
    case message(ReceivedMessage)
    case gap(topic: String, first: UInt64, last: UInt64, reason: GapReason)
}
