/// The limits of a client and the times that it may take, with a broker's default settings. docs/PROTOCOL.md promises
/// these.
///
/// ``FrameLimits`` has the lengths of frames and the window.
public enum PeerLimits {
    /// The most names and patterns that a connection may subscribe to.
    public static let subscriptions = 100_000
    /// The most lists and details of a connection that may wait for their answers.
    public static let waitingLists = 64
    /// The most rows in the answer to a list.
    public static let listRows = 100_000
    /// The most readers, and the most publishers, in the detail of a topic.
    public static let detailRows = 100
    /// Clients that are gone and are remembered.
    public static let closedClients = 1000
    /// The most watches that a connection may have.
    public static let watches = 16
    /// The most PINGs of a connection that may wait for earlier answers.
    public static let waitingPings = 1024
    /// Bytes of publishes waiting for room from which on a connection is not read from.
    public static let waitingPublishes = 1 << 20
    /// The most stretches of deliveries of one topic each that may be in flight to a connection.
    public static let stretchesInFlight = 1 << 16
    /// Bytes of answers that a client has not taken, from which on it is not read from: between these, as memory allows.
    public static let unreadAnswers = 64 << 10...4 << 20
    /// Bytes of deliveries that a client has not taken, from which on it gets no more: between these, as memory allows.
    public static let unreadDeliveries = 32 << 10...512 << 10
    /// The most ranges in a SETTLE, a SETTLE PARKED, or among the commits of a TRANSACTION.
    public static let ranges = 4096
    /// The most publishes of a transaction.
    public static let transactionPublishes = 4096
    /// The longest reason of a returned or parked delivery, in bytes; more is cut at a character.
    public static let reason = 255
    /// The most sessions that may exist.
    public static let sessions = 1_000_000
    /// The most messages that a queue may have parked.
    public static let parked = 1 << 16
    /// The most rows in the list of parked messages.
    public static let parkedRows = 512
    /// The most bytes of a parked message's key, and of its payload, in the list of parked messages.
    public static let parkedKey = 1024
    public static let parkedPayload = 256
    /// The most stretches of a topic's messages that purges may have taken from a queue ahead of its place.
    public static let purgedStretches = 1 << 16
    /// The most messages of each state, or of a topic, in the answer to PEEK.
    public static let peekedMessages = 128
    /// The most names that may be banned at a time.
    public static let bans = 1024
    /// The most topics that may exist.
    public static let topics = 1_000_000
    /// The most named producers without a connection that are remembered.
    public static let producers = 10_000
    /// The most topics that a transaction publishes to.
    public static let transactionTopics = 64

    /// How many messages are traced in a second.
    public static let tracedMessages = 100
    /// How many steps of traced messages are told in a second.
    public static let traceSteps = 5000
    /// How many events are kept for later subscribers.
    public static let keptEvents = 1000
    /// Bytes that a topic of the broker's own keeps for later subscribers.
    public static let keptReports = 2 << 20

    // MARK: Times, in s

    /// The time for a greeting, from its first byte.
    public static let greeting = 10
    /// The longest wait for the next byte of an unfinished frame.
    public static let unfinishedFrame = 30
    /// The silence after which a native client gets a PING.
    public static let silence = 30
    /// The interval of PINGs to a native client that is not read from.
    public static let heldPing = 5
    /// The number of unanswered PINGs after which a silent client is given up.
    public static let unansweredPings = 2
    /// How long publishes wait for room while the topic's queues make no progress, before they are refused.
    public static let publishPatience = 30
    /// How long a named producer is remembered after its last connection.
    public static let producerTime = 600
    /// How long a client that ends may take nothing of what it is owed.
    public static let owed = 90
    /// How long a topic that was made by use stays when nobody uses it and it keeps no messages, in s.
    public static let unusedTopic = 3600
    /// How long a client has to take the broker's last frame.
    public static let lastFrame = 30
    /// How long the broker continues to read after its last frame is sent.
    public static let lastReads = 1
}
