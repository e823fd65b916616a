import ZaichikProtocol

/// When a client was heard, and when it must be.
struct Silence {
    /// A native client that is silent for so many µs is asked whether it is there.
    static let interval = UInt64(PeerLimits.silence) * 1_000_000
    /// It is given up when so many questions went unanswered.
    static let patience = PeerLimits.unansweredPings
    /// A frame that has begun and gets no further for so many µs ends the connection.
    static let framePatience = UInt64(PeerLimits.unfinishedFrame) * 1_000_000

    /// µs since 1970.
    private(set) var lastHeard: UInt64
    private(set) var asked = 0
    private var lastAsked: UInt64 = 0
    /// Whether a frame was found overdue at the last look.
    private var hasOverdueFrame = false
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

    /// Whether a frame that has begun is waited for in vain.
    ///
    /// It takes two looks: what came while the broker itself did not run is read between them.
    ///
    /// - Parameter unfinished: Bytes of the frame that are there; 0 if none has begun.
    mutating func isFrameOverdue(unfinished: Int, now: UInt64) -> Bool {
        let wasOverdue = hasOverdueFrame
        hasOverdueFrame = unfinished > 0 && now >= lastHeard + Self.framePatience
        return wasOverdue && hasOverdueFrame
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
