/// What an operator does to a running broker: the acts of ACT. The only table of them: the decoder's checks, the documents,
/// the command line and the log are made from it. Numbers are never used again.
public enum Act: UInt16, CaseIterable, Sendable, CustomStringConvertible {
    // Queues
    case pause = 1
    case resume = 2
    case window = 3
    case skip = 4
    case purge = 5
    case move = 6
    // Connections
    case disconnect = 16
    // Topics
    case pausePublishes = 32
    case resumePublishes = 33
    case purgeTopic = 34
    // The broker
    case stopAccepting = 48
    case accept = 49
    case drain = 50
    case undrain = 51
    case logLevel = 52

    /// What an act is about.
    public enum Subject: Sendable {
        /// A queue: that of a client, by the client's id, or of a session, by its name.
        case queue
        /// A client's connection, by its id, or all of a session's, by its name.
        case connection
        /// A topic by its name, or all topics that a pattern matches.
        case topic
        /// The broker itself.
        case broker
    }

    /// Fields that an act needs, and those that it may have besides them.
    public struct Form: Equatable, Sendable {
        public let needed: [ActField]
        public let allowed: [ActField]

        init(_ needed: [ActField] = [], allowing allowed: [ActField] = []) {
            self.needed = needed
            self.allowed = allowed
        }
    }

    public var subject: Subject {
        switch self {
        case .pause, .resume, .window, .skip, .purge, .move: .queue
        case .disconnect: .connection
        case .pausePublishes, .resumePublishes, .purgeTopic: .topic
        case .stopAccepting, .accept, .drain, .undrain, .logLevel: .broker
        }
    }

    public var name: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .window: "window"
        case .skip: "skip"
        case .purge: "purge"
        case .move: "move"
        case .disconnect: "disconnect"
        case .pausePublishes: "pause-publishes"
        case .resumePublishes: "resume-publishes"
        case .purgeTopic: "purge-topic"
        case .stopAccepting: "stop-accepting"
        case .accept: "accept"
        case .drain: "drain"
        case .undrain: "undrain"
        case .logLevel: "log-level"
        }
    }

    public var description: String { name }

    /// Whether messages or connections are gone after it, so that people are asked before.
    public var isDestructive: Bool {
        switch self {
        case .skip, .purge, .move, .disconnect, .purgeTopic, .drain: true
        case .pause, .resume, .window, .pausePublishes, .resumePublishes, .stopAccepting, .accept, .undrain, .logLevel:
            false
        }
    }

    /// The forms that it has: the fields of a request have to be those of one of them. Every act may have a reason.
    public var forms: [Form] {
        switch self {
        case .pause, .pausePublishes, .disconnect: [Form(), Form([.until]), Form([.duration])]
        case .drain: [Form([.until]), Form([.duration])]
        case .resume, .resumePublishes, .stopAccepting, .accept, .undrain: [Form()]
        case .window: [Form([.window], allowing: [.windowBytes])]
        case .skip:
            [
                Form([.count], allowing: [.topic]), Form([.topic, .sequence], allowing: [.incarnation]),
                Form([.time], allowing: [.topic]),
            ]
        case .purge:
            [
                Form(allowing: [.topic]), Form([.topic, .sequence], allowing: [.incarnation]),
                Form([.topic, .key]),
            ]
        case .move: [Form([.topic, .start], allowing: [.incarnation])]
        case .purgeTopic:
            [
                Form(allowing: [.incarnation]), Form([.sequence], allowing: [.incarnation]),
                Form([.key], allowing: [.incarnation]),
            ]
        case .logLevel: [Form([.level])]
        }
    }

    public var summary: String {
        switch self {
        case .pause: "delivers nothing of a queue, until a time or until it is resumed"
        case .resume: "ends a pause of a queue"
        case .window:
            "sets how many deliveries of a queue may be in flight to each of its connections, and how many bytes"
        case .skip:
            "passes over pending messages of a queue: the next N, those below a sequence, or those before a time"
        case .purge: "removes messages from a queue: all, those of a topic, those below a sequence, or those of a key"
        case .move: "moves a queue to another place in its topics, as SEEK does"
        case .disconnect: "ends a connection; with a time, nobody may come under its name until then"
        case .pausePublishes: "refuses publishes to a topic, until a time or until they are resumed"
        case .resumePublishes: "takes publishes to a topic again"
        case .purgeTopic: "removes messages from a topic: all, those below a sequence, or those of a key"
        case .stopAccepting: "takes no new connections"
        case .accept: "takes new connections again"
        case .drain: "takes no publishes and waits for the queues until a time"
        case .undrain: "takes publishes again"
        case .logLevel: "sets from which level on the broker logs"
        }
    }
}

/// The fields of ACT. Tags are never used again.
public enum ActField: UInt8, CaseIterable, Sendable {
    case reason = 1
    case until = 2
    case duration = 3
    case window = 4
    case windowBytes = 5
    case topic = 6
    case sequence = 7
    case count = 8
    case time = 9
    case key = 10
    case level = 11
    case start = 12
    case incarnation = 13

    public var name: String {
        switch self {
        case .reason: "reason"
        case .until: "until"
        case .duration: "duration"
        case .window: "window"
        case .windowBytes: "window-bytes"
        case .topic: "topic"
        case .sequence: "sequence"
        case .count: "count"
        case .time: "time"
        case .key: "key"
        case .level: "level"
        case .start: "start"
        case .incarnation: "incarnation"
        }
    }

    /// What is in it.
    public var summary: String {
        switch self {
        case .reason: "text of at most \(PeerLimits.reason) bytes: why it is done, for people"
        case .until: "u64: a time, until which it holds"
        case .duration: "u64: how long it holds, in ms"
        case .window: "u64: deliveries that may be in flight"
        case .windowBytes: "u64: bytes that may be in flight; 0 or absent: not bounded"
        case .topic: "text: a topic's name, or a pattern where all topics that it matches are meant"
        case .sequence: "u64: a sequence; messages below it are meant"
        case .count: "u64: so many messages"
        case .time: "u64: a time; messages accepted before it are meant"
        case .key: "bytes: the messages that have this key are meant"
        case .level: "text: trace, debug, info, notice, warning, error or critical"
        case .start: "u8, u64: a start of SUBSCRIBE and its argument"
        case .incarnation: "u64: the topic's, if no other is meant"
        }
    }
}
