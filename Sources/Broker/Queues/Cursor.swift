import ZaichikProtocol

/// Where one client stands in one topic.
struct Cursor {
    let topic: Topic
    /// Before the next message to deliver.
    var position: LogPosition
    /// The earliest message that is kept because of this cursor; one past the head: none of those there are.
    var held: UInt64
    /// Whether the topic is to tell when the next message is there.
    var isArmed = false
    /// Whether the subscription has ended; the cursor stays while deliveries are in flight.
    var isDetached = false
    /// Whether a subscription has the topic's name, not just a pattern that matches it.
    var isNamed = false
    /// Whether the client was told the topic's id.
    var isAnnounced = false
    /// Deliveries not yet committed.
    var inFlight = 0
    /// The client is done with everything up to here.
    var committedSequence: UInt64
    var gapMessages: UInt64 = 0
    var duplicates: UInt64 = 0
    /// Keys delivered, for deduplication with scope consumer.
    var keys = DeduplicationWindow()

    init(topic: Topic, position: LogPosition, held: UInt64) {
        self.topic = topic
        self.position = position
        self.held = held
        committedSequence = position.sequence - 1
    }
}

/// Where a queue stands in arrival order.
struct Standing {
    /// Everything with a larger stamp is ahead of it.
    var stamp: UInt64
    /// The message delivered last, which stamps do not tell from others of its run.
    var last: (topicID: UInt32, sequence: UInt64)?
}

/// What a client's queue gives out, in the order in which it goes to the client.
enum QueueOutput {
    /// The id of a topic, ahead of what is the first from it.
    case announcement(Topic)
    /// Messages that will not come.
    case gap(GapReason, Topic, first: UInt64, last: UInt64)
    /// Deliveries of one topic.
    case run(Topic, TopicLog.Taken)
}
