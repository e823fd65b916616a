/// What becomes of deliveries in flight. The `short` of SETTLE.
public enum SettleAction: UInt16, CaseIterable, Sendable, CustomStringConvertible {
    /// They are done.
    case commit = 0
    /// They are to be delivered again, at once or after a delay.
    case `return` = 1
    /// They stay in flight, and their deadline begins anew.
    case touch = 2
    /// They are put aside until somebody looks at them.
    case park = 3

    public var description: String {
        switch self {
        case .commit: "commit"
        case .return: "return"
        case .touch: "touch"
        case .park: "park"
        }
    }
}

/// What becomes of parked messages. The `short` of SETTLE PARKED.
public enum ParkedAction: UInt16, CaseIterable, Sendable, CustomStringConvertible {
    /// They are delivered again.
    case release = 0
    /// They are done, without a delivery.
    case drop = 1

    public var description: String {
        switch self {
        case .release: "release"
        case .drop: "drop"
        }
    }
}

/// Why a message is delivered again. A field of REDELIVERY.
public enum RedeliveryCause: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    /// The connection ended to which it was in flight.
    case connectionEnded = 1
    /// Its commit did not come before the deadline.
    case deadline = 2
    /// Its client returned it.
    case returned = 3
    /// It was parked, and has been released.
    case released = 4

    public var description: String {
        switch self {
        case .connectionEnded: "connection ended"
        case .deadline: "deadline"
        case .returned: "returned"
        case .released: "released"
        }
    }
}

/// The part of a transaction that was refused. A field of ABORTED.
public enum TransactionPart: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    case commits = 0
    case publishes = 1

    public var description: String {
        switch self {
        case .commits: "commits"
        case .publishes: "publishes"
        }
    }
}

/// What a subscription asks for besides its start. A field of SUBSCRIBE.
public struct SubscribeOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// What the connection publishes itself is not meant for it.
    public static let noEcho = SubscribeOptions(rawValue: 1 << 0)
    /// A delivery is done when it is handed to the socket, without a COMMIT.
    public static let autoCommit = SubscribeOptions(rawValue: 1 << 1)

    /// All options that have a meaning, and their names. A SUBSCRIBE with any other is refused.
    public static let names: [(option: SubscribeOptions, name: String)] = [
        (noEcho, "no echo"), (autoCommit, "auto-commit"),
    ]
    static let known: SubscribeOptions = [.noEcho, .autoCommit]
}
