import Logging
import ZaichikProtocol

/// Who a client is, as it says and as the socket says.
struct ClientIdentity {
    var name = ""
    var program = ""
    var version = ""
    var host = ""
    var pid = ""
    let address: String
    /// µs since 1970.
    let connectedAt: UInt64

    init(address: String, connectedAt: UInt64) {
        self.address = address
        self.connectedAt = connectedAt
    }

    mutating func take(_ hello: Hello) {
        name = hello.name
        program = hello.program
        version = hello.version
        host = hello.host
        pid = hello.pid
    }

    func metadata(id: UInt64) -> Logger.Metadata {
        ["client": "\(id)", "name": "\(name.debugDescription)", "address": "\(address)"]
    }
}

/// What is counted of one connection.
struct ConnectionCounters {
    var published: UInt64 = 0
    var publishedBytes: UInt64 = 0
    var deliveredBytes: UInt64 = 0
    var duplicates: UInt64 = 0
    var rejected: UInt64 = 0
}

/// A PING whose PONG waits for the answers to what came before it.
struct WaitingPing {
    var token: UInt64
    /// Publishes that came before.
    var publishes: UInt64
    /// Lists and details that were asked for before.
    var lists: UInt64
}

/// Whether a client that ends still takes what it is owed.
struct EndingProgress {
    /// How long it may take nothing, in µs.
    static let patience: UInt64 = 90_000_000

    private var left: UInt64 = .max
    /// µs since 1970.
    private var since: UInt64 = 0

    /// - Parameter left: What it has still to take, in bytes.
    /// - Returns: Whether it has taken nothing for too long.
    mutating func isStuck(left: UInt64, now: UInt64) -> Bool {
        if left != self.left {
            self.left = left
            since = now
        }
        return now >= since + Self.patience
    }
}

/// When a client was heard, and when it must be.
struct Silence {
    /// A preface or HELLO once begun must be complete after this many µs.
    static let handshake: UInt64 = 10_000_000
    /// A native client that is silent for so many µs is asked whether it is there.
    static let interval: UInt64 = 30_000_000
    /// It is given up when so many questions went unanswered.
    static let patience = 2

    /// µs since 1970.
    private(set) var lastHeard: UInt64
    /// When its first byte came.
    private(set) var begun: UInt64?
    private(set) var asked = 0
    private var lastAsked: UInt64 = 0
    /// In µs; 0: not measured.
    private(set) var roundTrip: UInt64 = 0

    init(now: UInt64) { lastHeard = now }

    mutating func heard(now: UInt64) {
        lastHeard = now
        if begun == nil { begun = now }
        asked = 0
    }

    mutating func answered(now: UInt64, token: UInt64) {
        if token == lastAsked, now > token { roundTrip = now - token }
    }

    enum Verdict: Equatable {
        case fine
        case ask
        case giveUp
    }

    mutating func judge(now: UInt64) -> Verdict {
        let since = max(lastHeard, asked > 0 ? lastAsked : 0)
        guard now >= since + Self.interval else { return .fine }
        guard asked < Self.patience else { return .giveUp }
        asked += 1
        lastAsked = now
        return .ask
    }

    func isHandshakeOverdue(now: UInt64) -> Bool {
        begun.map { now >= $0 + Self.handshake } ?? false
    }
}
