import ZaichikProtocol

/// How a client introduces itself and behaves.
public struct ClientConfiguration: Sendable {
    /// Shown in lists of clients; the broker's id tells equal names apart. Default: the program's name.
    public var name: String
    /// Default: the last path component of the command that runs.
    public var program: String
    /// The program's version. Default: this package's.
    public var version: String
    /// How many deliveries may be in flight, that is delivered and not committed. 1: the next one comes after the
    /// commit; 0: none until ``ZaichikClient/setWindow(_:)``. Default 1024.
    public var window: UInt32 = 1024
    /// How many bytes of deliveries may be in flight, within ``window``: for a client whose messages are long. Counted in KiB,
    /// rounded down, 1 at least; a single delivery may have more. A broker without ``Capability/windowBytes`` ignores it.
    /// Default nil: as many as the window allows.
    public var windowBytes: Int?
    /// The session to attach to. Default nil: the queue ends with its connection.
    public var session: SessionOptions?
    /// For the connection and the broker's welcome together. Default 5 s.
    public var connectTimeout: Duration = .seconds(5)
    /// The broker is taken for gone when nothing comes from it for so long, not even the answer to a ping. Messages that
    /// take longer to send than this, over a slow link, want a longer time. Default 10 s.
    public var silenceTimeout: Duration = .seconds(10)
    /// Whether and how a lost connection is made again. Default: it is not.
    public var reconnect: ReconnectPolicy?
    /// The name under which this client publishes; nil if it has none. With it, what is published while there is no connection
    /// is kept, and after a reconnect exactly that is sent again which the broker has not taken: nothing is lost and nothing
    /// comes twice. One connection may have a name at a time; the newest takes it from the one before. Publishes are kept within
    /// ``maximumUnconfirmedMessages`` and ``maximumUnconfirmedBytes``. Default nil.
    public var producer: String?
    /// This client looks at the broker and acts on it, and neither publishes nor reads: a broker that takes no new connections
    /// lets it in. Default: no.
    public var administers = false
    /// Measure the round trip every 2 s and tell it as ``ClientEvent/roundTrip(_:)``. Default: no.
    public var measureRoundTrip = false
    /// Published and not yet confirmed: at so many bytes ``ZaichikClient/enqueue(_:to:key:headers:traced:)`` and
    /// ``ZaichikClient/publish(_:to:key:headers:traced:)`` wait. Default 4 MiB.
    public var maximumUnconfirmedBytes = 4 << 20
    /// The same as a number of messages. Default 65,536.
    public var maximumUnconfirmedMessages = 65_536
    /// Received and not yet taken from ``ZaichikClient/deliveries``: at so many bytes reading from the connection pauses,
    /// unless an answer is awaited. Default 4 MiB.
    public var maximumUntakenBytes = 4 << 20

    /// - Parameters:
    ///   - name: Default: the program's name.
    ///   - program: Default: the last path component of the command that runs.
    public init(name: String? = nil, program: String? = nil, version: String = ZaichikVersion.string) {
        let program = program ?? Identity.program
        self.name = name ?? program
        self.program = program
        self.version = version
    }
}

/// When a lost connection is tried again: after `initialDelay`, then after delays that grow by `multiplier` up to
/// `maximumDelay`, each made up to `jitter` (a share of it) longer or shorter by chance, until ``ZaichikClient/close()``.
public struct ReconnectPolicy: Equatable, Sendable {
    public var initialDelay: Duration
    public var maximumDelay: Duration
    public var multiplier: Double
    public var jitter: Double

    public init(
        initialDelay: Duration = .milliseconds(100), maximumDelay: Duration = .seconds(5), multiplier: Double = 2,
        jitter: Double = 0.2
    ) {
        self.initialDelay = initialDelay
        self.maximumDelay = maximumDelay
        self.multiplier = multiplier
        self.jitter = jitter
    }

    /// The delay before an attempt.
    ///
    /// - Parameters:
    ///   - attempt: From 1.
    ///   - chance: From -1 to 1.
    public func delay(attempt: Int, chance: Double) -> Duration {
        var delay = initialDelay / Duration.seconds(1)
        let maximum = maximumDelay / Duration.seconds(1)
        for _ in 1..<max(attempt, 1) where delay < maximum { delay *= multiplier }
        return .seconds(min(delay, maximum) * (1 + jitter * chance))
    }
}
