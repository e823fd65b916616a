import NIOCore
import NIOPosix
import ZaichikProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An address at which a broker listens.
public struct Endpoint: Equatable, Sendable, CustomStringConvertible {
    public var host: String
    /// 0 for any free port.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// The resources that a broker may use, and how it presents itself.
public struct BrokerConfiguration: Sendable {
    /// 127.0.0.1:8889 by default.
    public var listen = [Endpoint(host: "127.0.0.1", port: 8889)]
    /// The number of event loops that serve clients, each a thread; by default one per core, at most 4.
    public var loops = min(Machine.cores, 4)
    /// How many clients more than another a loop may have while it has time to spare: clients that share a loop reach
    /// each other without waking another thread. 0 spreads them evenly.
    public var gathering = 128
    /// The name in WELCOME; the host's name by default.
    public var name = Machine.hostName
    public var version = ZaichikVersion.string
    /// The longest frame after WELCOME, in bytes; within ``FrameLimits/choices``.
    public var maximumFrame = FrameLimits.standard
    /// The most connections at a time; by default what the limit of open files allows.
    public var maximumConnections = max(Machine.openFileLimit - 64, 16)
    public var maximumTopics = PeerLimits.topics
    /// The most sessions at a time.
    public var maximumSessions = PeerLimits.sessions
    /// The memory that everything clients can make grow may take, in bytes; by default half of what this process may
    /// use.
    public var memoryLimit = Machine.usableMemory / 2
    /// The longest time between the order to stop and the end.
    public var shutdownDeadline = Duration.seconds(5)
    /// How many names and patterns one connection may subscribe to.
    public var maximumSubscriptions = PeerLimits.subscriptions
    /// How long a topic that was made by being used stays without use if it keeps no messages, in s; 0 for ever.
    public var unusedTopicTime = UInt32(PeerLimits.unusedTopic)
    /// The same for one that keeps messages, which go with it.
    public var unusedHistoryTime: UInt32 = 0
    /// How many named producers without a connection are remembered.
    public var maximumProducers = PeerLimits.producers
    /// How long a named producer is remembered after its last connection, in s.
    public var producerTime = PeerLimits.producerTime
    /// Whether a topic that is published or subscribed to is created if it does not exist.
    public var createsTopicsByUse = true
    /// The settings of new topics; the first template that matches counts.
    public var topicTemplates: [TopicTemplate] = []
    /// The settings of new sessions, as far as they differ from the defaults.
    public var sessionTemplate = SessionSettingsChange()
    /// The smallest topic id; nil for a random one.
    var firstTopicID: UInt32?
    /// A clock in place of the machine's, in µs since 1970 UTC.
    public var clock: (@Sendable () -> UInt64)?
    /// Is told of each turn of each loop, on that loop; nil: nobody is.
    public var loopMetrics: (any NIOEventLoopMetricsDelegate)?
    /// The loop that is to serve a client, chosen when HELLO has come; nil if each stays where it was accepted.
    var loopOfHello: (@Sendable (Hello) -> Int)?
    /// Handlers that stand between each connection and its socket; nil if none do.
    var channelHandlers: (@Sendable () -> [any ChannelHandler & Sendable])?

    public init() {}

    /// This configuration with what another one has of all that may change while the broker serves.
    func adopting(_ other: BrokerConfiguration) -> BrokerConfiguration {
        var adopted = self
        adopted.gathering = other.gathering
        adopted.maximumFrame = other.maximumFrame
        adopted.maximumConnections = other.maximumConnections
        adopted.maximumTopics = other.maximumTopics
        adopted.maximumSessions = other.maximumSessions
        adopted.maximumSubscriptions = other.maximumSubscriptions
        adopted.maximumProducers = other.maximumProducers
        adopted.producerTime = other.producerTime
        adopted.unusedTopicTime = other.unusedTopicTime
        adopted.unusedHistoryTime = other.unusedHistoryTime
        adopted.shutdownDeadline = other.shutdownDeadline
        adopted.createsTopicsByUse = other.createsTopicsByUse
        adopted.topicTemplates = other.topicTemplates
        adopted.sessionTemplate = other.sessionTemplate
        return adopted.checked
    }

    /// With every value within its bounds.
    var checked: BrokerConfiguration {
        var checked = self
        let frames = FrameLimits.choices
        checked.maximumFrame = min(max(maximumFrame, frames.lowerBound), frames.upperBound)
        return checked
    }

    /// How long a named producer is remembered, in µs.
    var producerExpiry: UInt64 {
        let seconds = UInt64(max(producerTime, 0))
        return min(seconds, .max / 1_000_000) * 1_000_000
    }

    var unusedTimes: UnusedTimes { UnusedTimes(empty: unusedTopicTime, keeping: unusedHistoryTime) }
}

/// Facts about the machine from the operating system, including its clocks.
enum Machine {
    /// µs since 1970 UTC; 0 if the clock is set to an earlier time.
    static func wallTime() -> UInt64 { time(CLOCK_REALTIME) }

    /// A time in µs on a clock that is never set.
    static func steadyTime() -> UInt64 { time(CLOCK_MONOTONIC) }

    /// Processor time of the calling thread, in µs.
    static func threadTime() -> UInt64 { time(CLOCK_THREAD_CPUTIME_ID) }

    private static func time(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        guard time.tv_sec >= 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    /// The number of cores that this process may run on, within its affinity and its control group.
    static var cores: Int {
        max(min(System.coreCount, allowedCores ?? .max), 1)
    }

    /// The number of cores in this process's affinity, from proc(5): Swift cannot call the C library's macros for it.
    private static var allowedCores: Int? {
        guard let file = fopen("/proc/self/status", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("Cpus_allowed:") else { continue }
            return text.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
        }
        return nil
    }

    static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "zaichik" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The machine's memory in bytes.
    static var memory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

    /// Raises the limit of open files as far as possible, and returns it.
    static var openFileLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(limit.rlim_max, 1 << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
