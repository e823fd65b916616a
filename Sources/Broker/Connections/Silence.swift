import ZaichikProtocol

/// Tracks when a client was last heard, and when it must be heard again.
struct Silence {
    /// A native client that is silent for this long, in µs, gets a PING.
    static let interval = UInt64(PeerLimits.silence) * 1_000_000
    /// A native client that is not read from is pinged at this interval, in µs, so that it sees that the broker is there.
    static let heldInterval = UInt64(PeerLimits.heldPing) * 1_000_000
    /// The number of unanswered PINGs after which a client is given up.
    static let patience = PeerLimits.unansweredPings
    /// The connection ends when no more bytes of an unfinished frame come for this long, in µs.
    static let framePatience = UInt64(PeerLimits.unfinishedFrame) * 1_000_000

    /// µs since 1970.
    private(set) var lastHeard: UInt64
    private(set) var asked = 0
    private var lastAsked: UInt64 = 0
    /// Since when the client is not read from, or when it was last pinged for that reason; nil if it is read from.
    private var heldSince: UInt64?
    /// When the client was last pinged to measure its round trip.
    private var lastMeasured: UInt64
    /// Whether that ping is not answered yet.
    private var isMeasuring = false
    /// Whether a frame was found overdue at the last look.
    private var hasOverdueFrame = false
    /// In µs; 0: not measured.
    private(set) var roundTrip: UInt64 = 0

    /// A client that works is pinged at this interval, in µs, as its round trip tells which window it needs.
    static let measuredInterval: UInt64 = 10_000_000

    init(now: UInt64) {
        lastHeard = now
        // The first time in half of that.
        lastMeasured = now - min(now, Self.measuredInterval / 2)
    }

    /// Whether to ping a client that works, to measure its round trip. One that does nothing costs nothing.
    ///
    /// - Parameter isUrgent: Whether it is to be known as soon as can be.
    mutating func isToBeMeasured(atOnce isUrgent: Bool = false, now: UInt64) -> Bool {
        guard asked == 0, now >= lastMeasured + Self.measuredInterval || isUrgent && !isMeasuring else { return false }
        lastMeasured = now
        isMeasuring = true
        return true
    }

    mutating func heard(now: UInt64) {
        lastHeard = now
        asked = 0
    }

    /// Notes whether the client is read from. One that is not cannot be heard.
    ///
    /// - Returns: Whether to ping it, because the broker cannot answer its PINGs.
    mutating func look(isHeld: Bool, now: UInt64) -> Bool {
        guard isHeld else {
            heldSince = nil
            return false
        }
        heard(now: now)
        guard let since = heldSince else {
            heldSince = now
            return false
        }
        guard now >= since + Self.heldInterval else { return false }
        heldSince = now
        return true
    }

    mutating func answered(now: UInt64, token: UInt64) {
        guard token == lastAsked || token == lastMeasured else { return }
        isMeasuring = false
        // Less than a step of the loop is told as 1, as 0 stands for no measurement.
        roundTrip = now > token ? now - token : 1
    }

    /// Whether the rest of an unfinished frame is overdue.
    ///
    /// It takes two looks, so that bytes that came while the broker itself did not run are read in between.
    ///
    /// - Parameter unfinished: Bytes of the frame that have come; 0 if no frame is unfinished.
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
