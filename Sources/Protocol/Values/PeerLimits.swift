/// What a client may do and how long it may take, with a broker's default settings. docs/PROTOCOL.md promises these.
///
/// ``FrameLimits`` has the lengths of frames and the window.
public enum PeerLimits {
    /// How many names and patterns a connection may subscribe to.
    public static let subscriptions = 100_000
    /// How many lists and details of a connection may wait for their answers.
    public static let waitingLists = 64
    /// How many rows the answer to a list has at most.
    public static let listRows = 100_000
    /// How many watches a connection may have.
    public static let watches = 16
    /// How many PINGs of a connection may wait for the answers to what came before them.
    public static let waitingPings = 1024
    /// With so many bytes of publishes that wait for room, a connection is not read from.
    public static let waitingPublishes = 1 << 20
    /// How many topics there may be.
    public static let topics = 1_000_000

    // MARK: Times, in s

    /// A greeting that has begun is complete within this time.
    public static let greeting = 10
    /// A frame that has begun never waits longer for its next byte.
    public static let unfinishedFrame = 30
    /// A native client that is silent for so long is asked whether it is there.
    public static let silence = 30
    /// A silent client is given up when so many PINGs went unanswered.
    public static let unansweredPings = 2
    /// Publishes that wait for room are refused when the topic's queues make no progress for so long.
    public static let publishPatience = 30
    /// A client has so long to take the broker's last frame.
    public static let lastFrame = 30
    /// For so long the broker reads on when its last frame is sent.
    public static let lastReads = 1
}
