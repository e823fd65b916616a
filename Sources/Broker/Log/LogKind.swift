import Logging

/// The kinds of lines that a broker logs. Each has its level, and lines of one kind are limited together.
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
    case drainOver

    var level: Logger.Level {
        switch self {
        case .ungreeted: .debug
        case .clientConnected, .clientDisconnected, .topicCreated, .unusedRemoved, .sessionCreated, .sessionResumed:
            .info
        case .listening, .stopping, .stopped, .protocolBroken, .settingsChanged, .topicDeleted, .dropsEnded,
            .refusalsEnded, .memoryLeft, .sessionTakenOver, .sessionChanged, .sessionExpired, .sessionDeleted,
            .acted:
            .notice
        case .addressLeftOut, .connectionLost, .dropsBegun, .refusalsBegun, .memoryReached, .delayedLost,
            .producerForgotten, .drainOver:
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
        case .drainOver: "the time to drain the queues is over"
        }
    }

    /// How many lines there may be in one second. Begun and ended incidents of different topics are of one kind.
    var linesASecond: Int {
        switch self {
        case .protocolBroken, .connectionLost, .ungreeted: 5
        default: 20
        }
    }
}
