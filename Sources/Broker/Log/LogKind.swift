import Logging

/// The kinds of what a broker tells, as lines of its log and as events. Each has its level, and those of one kind are limited
/// together. The only table of them: docs/EVENTS.md and its schema are held against it.
enum LogKind: Int, CaseIterable {
    case listening
    case addressLeftOut
    case stopping
    case stopped
    case clientConnected
    case clientDisconnected
    case ungreeted
    case protocolBroken
    case connectionLost
    case topicCreated
    case settingsChanged
    case sessionCreated
    case sessionResumed
    case sessionTakenOver
    case sessionChanged
    case sessionExpired
    case sessionDeleted
    case topicDeleted
    case unusedRemoved
    case dropsBegun
    case dropsEnded
    case refusalsBegun
    case refusalsEnded
    case memoryReached
    case memoryLeft
    case delayedLost
    case producerForgotten
    case acted
    case pauseEnded
    case gap
    case verdictChanged
    case messagesParked
    case tracesLeftOut
    case eventsLeftOut
    case drainOver

    var level: Logger.Level {
        switch self {
        case .ungreeted, .gap, .verdictChanged, .messagesParked: .debug
        case .clientConnected, .clientDisconnected, .topicCreated, .unusedRemoved, .sessionCreated, .sessionResumed:
            .info
        case .listening, .stopping, .stopped, .protocolBroken, .settingsChanged, .topicDeleted, .dropsEnded,
            .refusalsEnded, .memoryLeft, .sessionTakenOver, .sessionChanged, .sessionExpired, .sessionDeleted,
            .acted, .pauseEnded:
            .notice
        case .addressLeftOut, .connectionLost, .dropsBegun, .refusalsBegun, .memoryReached, .delayedLost,
            .producerForgotten, .tracesLeftOut, .eventsLeftOut, .drainOver:
            .warning
        }
    }

    /// The message of its lines.
    var message: String {
        switch self {
        case .listening: "listening"
        case .addressLeftOut: "an address of the name is left out"
        case .stopping: "stopping"
        case .stopped: "stopped"
        case .clientConnected: "client connected"
        case .clientDisconnected: "client disconnected"
        case .ungreeted: "connection ended without a greeting"
        case .protocolBroken: "connection ended because of what it sent"
        case .connectionLost: "connection lost before it was served"
        case .topicCreated: "topic created"
        case .settingsChanged: "topic settings changed"
        case .sessionCreated: "session created"
        case .sessionResumed: "session resumed"
        case .sessionTakenOver: "session taken over"
        case .sessionChanged: "session settings changed"
        case .sessionExpired: "session expired"
        case .sessionDeleted: "session deleted"
        case .topicDeleted: "topic deleted"
        case .unusedRemoved: "unused topic removed"
        case .dropsBegun: "topic drops messages that queues need"
        case .dropsEnded: "topic no longer drops messages"
        case .refusalsBegun: "refusing"
        case .refusalsEnded: "no longer refusing"
        case .memoryReached: "memory limit reached"
        case .memoryLeft: "memory limit no longer reached"
        case .delayedLost: "delayed messages are lost"
        case .producerForgotten: "producer forgotten before its time, as there are too many"
        case .acted: "an operator acted"
        case .pauseEnded: "a pause has come to its end"
        case .gap: "a queue has lost messages"
        case .verdictChanged: "a queue's verdict has changed"
        case .messagesParked: "messages are parked"
        case .tracesLeftOut: "a message is not traced, as there are too many"
        case .eventsLeftOut: "events are left out"
        case .drainOver: "the time to drain the queues is over"
        }
    }

    /// How many lines there may be in one second. Begun and ended incidents of different topics are of one kind.
    var linesASecond: Int {
        switch self {
        case .tracesLeftOut: 1
        case .protocolBroken, .connectionLost, .ungreeted: 5
        default: 20
        }
    }

    /// How many events there may be in one second.
    var eventsASecond: Int { self == .tracesLeftOut ? 1 : 100 }

    /// Whether it is an event, too, and not for the log only.
    var isEvent: Bool {
        switch self {
        case .ungreeted, .addressLeftOut: false
        default: true
        }
    }

    /// The event's name, such as `client-connected`.
    var name: String { Self.names[rawValue] }

    /// Made from the names of the cases.
    private static let names = allCases.map { kind in
        "\(kind)".reduce(into: "") { name, letter in
            name += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
        }
    }

    /// The data that say what an event is about: the first that it has.
    var subjects: [String] {
        switch self {
        case .gap, .messagesParked: ["session", "name", "client"]
        default: ["topic", "session", "producer", "name", "client"]
        }
    }
}
