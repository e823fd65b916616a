import ZaichikProtocol

/// A connection as its session knows it.
protocol SessionMember: ReaderOwner, ObservedClient {
    /// Who it is, for whoever it stands in the way of: `client 7 ('hare', 127.0.0.1:4711)`.
    var introduction: String { get }
    /// Gives the session back and ends, for a reason that the client is told.
    func leaveSession(_ code: ErrorCode, _ reason: String)
    var health: ClientHealth { get }
}

/// A queue under a name, which outlives its connections: it has none, one or several of them.
///
/// It belongs to its loop, and its connections come there. Its reader has the queue and knows who is attached; here is
/// what makes it a session: its name, its settings, since when it is alone, and who may have it.
final class Session: ReaderKeeper {
    let place: SessionPlace
    let reader: Reader
    /// µs since 1970.
    let createdAt: UInt64
    var settings: SessionSettings {
        didSet { reader.setRules(QueueRules(settings)) }
    }
    /// Since when no connection is attached, in µs since 1970; 0 while one is.
    private(set) var absentSince: UInt64
    private var wasAttached = false
    private var takeovers = Takeovers()
    /// What connections that have left were delivered, and what they committed.
    private var past = Traffic()
    /// How its queue fares while connections are attached; nil while none is.
    private(set) var pulse: SessionPulse?

    /// Messages delivered and committed.
    struct Traffic {
        var delivered: UInt64 = 0
        var committed: UInt64 = 0

        mutating func add(_ attachment: Attachment) {
            delivered += attachment.delivered
            committed += attachment.committed
        }
    }

    /// Memory of a session without its subscriptions, in bytes. Measured.
    static let footprint = 512

    init(_ place: SessionPlace, reader: Reader, settings: SessionSettings, now: UInt64) {
        self.place = place
        self.reader = reader
        self.settings = settings
        createdAt = now
        absentSince = now
        reader.keeper = self
        reader.setRules(QueueRules(settings))
    }

    var id: UInt64 { place.id }
    var name: SessionName { place.name }

    // MARK: Connections

    var isAbsent: Bool { reader.isAbsent }
    /// The connections that are attached.
    var members: [any SessionMember] { reader.owners.compactMap { $0 as? any SessionMember } }

    /// Judges whether a connection may attach, if the session gets these settings with it.
    ///
    /// - Returns: Why not; nil if it may.
    func refusal(of wanted: SessionSettings, now: UInt64) -> (code: ErrorCode, reason: String)? {
        guard let holder = members.first else { return nil }
        guard wanted.mode == settings.mode else {
            return (
                .sessionMode,
                "session '\(name)' is \(settings.mode) and in use by \(holder.introduction); it can become "
                    + "\(wanted.mode) when nobody is attached"
            )
        }
        guard settings.mode == .exclusive, !takeovers.admit(now: now) else { return nil }
        return (
            .sessionContended,
            "session '\(name)' was taken over \(Takeovers.most) times in \(Takeovers.span / 1_000_000) s; "
                + "\(holder.introduction) has it now. Give each client a session of its own, or share it"
        )
    }

    /// Attaches a connection. That of an exclusive session loses it.
    ///
    /// - Returns: Who had it; nil if nobody did, or if it is shared.
    func attach(_ member: any SessionMember) -> String? {
        var former: String?
        if settings.mode == .exclusive, let holder = members.first {
            former = holder.introduction
            holder.leaveSession(.takenOver, "session '\(name)' was taken over by \(member.introduction)")
        }
        reader.attach(member)
        absentSince = 0
        wasAttached = true
        if pulse == nil { pulse = SessionPulse() }
        return former
    }

    /// Takes note of a connection that is not attached any more; what it had in flight has been returned.
    func detached(_ attachment: Attachment, now: UInt64) {
        past.add(attachment)
        guard isAbsent else { return }
        absentSince = now
        pulse = nil
    }

    /// What all its connections were delivered and have committed.
    var traffic: Traffic { reader.owners.reduce(into: past) { $0.add($1.attachment) } }

    // MARK: Time

    /// When it ends unless a connection comes, in µs since 1970; 0 while one is attached.
    var expiresAt: UInt64 {
        guard absentSince > 0 else { return 0 }
        // One that ends with its last connection waits for its first one.
        guard settings.expiry > 0 || wasAttached else { return .max }
        let (span, isLong) = settings.expiry.multipliedReportingOverflow(by: 1000)
        let (time, isFar) = absentSince.addingReportingOverflow(span)
        return isLong || isFar ? .max : time
    }

    /// Whether nobody has come for as long as it may be without a connection.
    func isExpired(now: UInt64) -> Bool { absentSince > 0 && now >= expiresAt }

    /// What is to be done about a session, once a second.
    enum Verdict {
        case fine
        case expired
        /// Its own limit of lag is reached.
        case overLimit(QueueLag)
    }

    /// Looks at its time and its lag, once a second.
    ///
    /// - Parameter keep: Does what a reader needs once a second.
    func tick(now: UInt64, keep: (Reader) -> (lag: QueueLag, lost: UInt64)) -> Verdict {
        guard !isExpired(now: now) else { return .expired }
        // An absent one without a limit of its own costs nothing but this look.
        guard pulse != nil || settings.hasLagLimit || !reader.queue.keyedSlots.isEmpty else { return .fine }
        let (lag, lost) = keep(reader)
        pulse?.secondPassed(
            lag, lost: lost, subscriptions: reader.queue.subscriptions.count, traffic: traffic,
            window: reader.owners.reduce(0) { $0 + UInt64($1.attachment.window) }, now: now)
        return settings.isExceeded(by: lag) ? .overLimit(lag) : .fine
    }

    /// What its last look showed of one of its connections: its own part, if others share the queue.
    func sample(of member: any SessionMember) -> (lag: QueueLag, lost: UInt64) {
        guard settings.mode == .exclusive else { return (member.attachment.lag, 0) }
        return pulse.map { ($0.lag, $0.lost) } ?? (QueueLag(), 0)
    }

    /// For the clients that are disconnected at its limit of lag.
    func limitText(_ lag: QueueLag) -> String {
        let most = settings.lagMessages > 0 && lag.messages > settings.lagMessages
        let (count, limit, unit) =
            most ? (lag.messages, settings.lagMessages, "messages") : (lag.bytes, settings.lagBytes, "bytes")
        return "session '\(name)' lags \(count) \(unit), and its own limit is \(limit)"
    }
}

extension SessionSettings {
    /// Whether it has a limit of lag of its own.
    var hasLagLimit: Bool { lagMessages > 0 || lagBytes > 0 }

    func isExceeded(by lag: QueueLag) -> Bool {
        lagMessages > 0 && lag.messages > lagMessages || lagBytes > 0 && lag.bytes > lagBytes
    }
}
