/// When a client was heard, and when it must be.
struct Silence {
    /// A native client that is silent for so many µs is asked whether it is there.
    static let interval: UInt64 = 30_000_000
    /// It is given up when so many questions went unanswered.
    static let patience = 2

    /// µs since 1970.
    private(set) var lastHeard: UInt64
    private(set) var asked = 0
    private var lastAsked: UInt64 = 0
    /// In µs; 0: not measured.
    private(set) var roundTrip: UInt64 = 0

    init(now: UInt64) { lastHeard = now }

    mutating func heard(now: UInt64) {
        lastHeard = now
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
}
