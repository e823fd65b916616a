/// The outcome of a run of publishes.
struct PublishResult {
    /// Frame bytes at the run's start that were judged: accepted, or found to be duplicates.
    var bytes = 0
    /// The number of publishes that were judged.
    var count = 0
    var accepted = 0
    var acceptedBytes = 0
    /// The sequence of the first accepted publish.
    var firstSequence: UInt64 = 0
    /// How many are kept aside until their delay is over.
    var delayed = 0
    /// When a loop has to look whether the delay of a message is over, in µs since 1970; nil if it need not.
    var look: UInt64?
    /// The duplicates: for each its index in the run, and the sequence of the first message with its key.
    var duplicates: [(index: Int, sequence: UInt64)] = []
    /// The accepted messages that are traced.
    var traced: [TracedPublish] = []
    /// The number of queues that read the topic.
    var queues = 0
    /// Whether the log has kept the memory that it was offered.
    var isAdopted = false
    /// Whether the accepted messages are visible. If not, a wake reports when they are.
    var isReleased = true
    /// The reason that the rest of the run was not accepted; nil if all of it was.
    var refusal: Refusal?

    enum Refusal: Equatable {
        /// The limit is reached, and the choice is to reject.
        case full
        /// The limit is reached or memory has run out, and the choice is to block: the publisher is noted as waiting.
        case blocked
        /// Memory has run out.
        case memory
        /// An operator has paused publishes.
        case paused
        /// The topic was deleted.
        case gone
    }

    /// Bytes of those that are accepted or kept aside.
    var takenBytes: Int { delayed > 0 ? bytes : acceptedBytes }
    var lastSequence: UInt64 { firstSequence + UInt64(accepted) - 1 }
}
