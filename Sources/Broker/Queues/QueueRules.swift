/// What is agreed for a queue: who works on it, and for how long and how often.
struct QueueRules: Equatable {
    enum Mode {
        /// One connection at a time.
        case exclusive
        /// Any number of connections, each message to one of them.
        case shared
        /// Likewise, and messages with equal keys to one connection at a time, in order.
        case sharedByKey
    }

    var mode = Mode.exclusive
    /// How long a delivery may be in flight before it is taken back, in µs; 0 for any time.
    var commitDeadline: UInt64 = 0
    /// After how many deliveries without a commit a message is parked; 0 for never.
    var attempts: UInt64 = 0

    var isShared: Bool { mode != .exclusive }
}
