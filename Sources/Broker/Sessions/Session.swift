import ZaichikProtocol

/// A connection as its session knows it.
protocol SessionMember: ReaderOwner, ObservedClient {
    /// Who it is, for whoever it stands in the way of: `client 7 ('hare', 127.0.0.1:4711)`.
    var introduction: String { get }
    /// The name that its client gave.
    var name: String { get }
    /// Whether its client has ended its side or is gone, and the connection has not found out yet.
    var hasVanished: Bool { get }
    /// Gives the session back, if it has one.
    func giveBackSession()
    /// Gives the session back and ends, for a reason that the client is told.
    func leaveSession(_ code: ErrorCode, _ reason: String)
    var health: ClientHealth { get }
}

/// A queue under a name, which outlives its connections: it has none, one or several of them.
///
/// It belongs to its loop, and its connections come there. Its reader has the queue and knows who is attached; here is
/// what makes it a session: its name, its settings, since when it is alone, and who may have it. While it is alone it may
/// be folded: then there is no reader (``LoopShard/unfold(_:)``).
final class Session: ReaderKeeper {
    let place: SessionPlace
    /// The reader's, which stays the same when it is folded.
    let readerHandle: ReaderHandle
    private(set) var holding: Holding
    /// µs since 1970.
    let createdAt: UInt64
    private(set) var settings: SessionSettings
    /// Since when no connection is attached, in µs since 1970; 0 while one is.
    private(set) var absentSince: UInt64
    private var wasAttached = false
    private var takeovers = Takeovers()
    /// What connections that have left were delivered, and what they committed.
    private var past = Traffic()
    /// How its queue fares while connections are attached; nil while none is.
    private(set) var pulse: SessionPulse?
    /// Its queue's last seconds; nil if nothing happens to it. Its connections have their own.
    private(set) var record: ClientRecord?
    /// What its queue loses while no connection is attached; nil if it loses nothing.
    var absentLosses: Apart<AbsentLosses>?

    /// Where its queue is.
    enum Holding {
        case awake(Reader)
        case folded(FoldedQueue)
    }

    /// Messages delivered and committed.
    struct Traffic {
        var delivered: UInt64 = 0
        var committed: UInt64 = 0

        mutating func add(_ attachment: Attachment) {
            delivered += attachment.delivered
            committed += attachment.committed
        }
    }

    /// Memory of a session without its subscriptions, in bytes. With a subscription, an absent one was measured to take 542.
    static let footprint = 512

    init(_ place: SessionPlace, reader: Reader, settings: SessionSettings, now: UInt64) {
        self.place = place
        readerHandle = reader.handle
        holding = .awake(reader)
        self.settings = settings
        createdAt = now
        absentSince = now
        reader.keeper = self
        reader.setRules(QueueRules(settings))
    }

    var id: UInt64 { place.id }
    var name: SessionName { place.name }

    // MARK: The queue

    /// nil while it is folded.
    var awake: Reader? { if case .awake(let reader) = holding { reader } else { nil } }

    /// Folds the queue, if nobody is attached and there is no more to it than its places in a few topics.
    ///
    /// - Returns: Whether it was folded just now.
    func fold() -> Bool {
        guard case .awake(let reader) = holding, reader.isAbsent, !reader.isBusy, !reader.isPaused,
            !settings.hasLagLimit,
            let folded = FoldedQueue(reader.queue)
        else { return false }
        reader.keeper = nil
        holding = .folded(folded)
        return true
    }

    /// Makes the reader anew.
    ///
    /// - Returns: The reader; nil if it was not folded.
    func unfold(now: UInt64, budget: MemoryBudget) -> Reader? {
        guard case .folded(let folded) = holding else { return nil }
        let reader = Reader(ClientQueue(folded, reader: readerHandle, budget: budget))
        reader.keeper = self
        holding = .awake(reader)
        reader.setRules(QueueRules(settings))
        return reader
    }

    /// Changes the settings, which has been found to be possible.
    func change(to settings: SessionSettings, now: UInt64) {
        self.settings = settings
        awake?.setRules(QueueRules(settings))
    }

    // MARK: Connections

    var owners: [any ReaderOwner] { awake?.owners ?? [] }
    var isAbsent: Bool { awake?.isAbsent ?? true }
    /// The connections that are attached.
    var members: [any SessionMember] { owners.compactMap { $0 as? any SessionMember } }

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
        // One whose client is gone does not fight.
        guard settings.mode == .exclusive, !holder.hasVanished, !takeovers.admit(now: now) else { return nil }
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
        let holder = settings.mode == .exclusive ? members.first : nil
        awake?.attach(member)
        absentSince = 0
        absentLosses = nil
        wasAttached = true
        if pulse == nil { pulse = SessionPulse() }
        guard let holder else { return nil }
        let former = holder.introduction
        // The newcomer is there already: a session that ends with its last connection does not end now.
        holder.leaveSession(.takenOver, "session '\(name)' was taken over by \(member.introduction)")
        return former
    }

    /// Takes note of a connection that is not attached any more; what it had in flight has been returned.
    func detached(_ traffic: Traffic, now: UInt64) {
        past.delivered += traffic.delivered
        past.committed += traffic.committed
        guard isAbsent else { return }
        absentSince = now
        pulse = nil
    }

    /// What all its connections were delivered and have committed.
    var traffic: Traffic { owners.reduce(into: past) { $0.add($1.attachment) } }

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
    /// - Parameters:
    ///   - stood: How long the loop has stood still, in all, in µs.
    ///   - keep: Does what a reader needs once a second.
    func tick(now: UInt64, stood: UInt64, keep: (Reader) -> (lag: QueueLag, lost: UInt64)) -> Verdict {
        guard !isExpired(now: now) else { return .expired }
        // An absent one without a limit of its own costs nothing but this look, once its last connection is gone for a while.
        guard case .awake(let reader) = holding,
            pulse != nil || settings.hasLagLimit || !reader.queue.keyedSlots.isEmpty
                || reader.queue.work?.parkedNews.isEmpty == false
        else {
            noteAbsence(now: now)
            return .fine
        }
        let (lag, lost) = keep(reader)
        defer { noteSecond(lag, now: now) }
        pulse?.secondPassed(
            lag, lost: lost, reader, stood: stood, traffic: traffic,
            window: owners.reduce(0) { $0 + UInt64($1.attachment.window) }, now: now)
        return settings.isExceeded(by: lag) ? .overLimit(lag) : .fine
    }

    private func noteSecond(_ lag: QueueLag, now: UInt64) {
        let health = pulse?.health
        note(
            ClientRecord.Second(
                lag: lag.messages, delivered: health?.deliverRate ?? 0, committed: health?.commitRate ?? 0), now: now)
    }

    private func note(_ second: ClientRecord.Second, now: UInt64) {
        if record == nil, !second.isQuiet, let budget = awake?.queue.budget, !budget.isExhausted {
            record = ClientRecord(since: createdAt, now: now, budget: budget)
        }
        if record?.note(second, now: now) == false { record = nil }
    }

    /// The lag that its last look has found; 0 if it was not looked at.
    var lastSecondsLag: UInt64 { record?.history.last(1, of: .amount).first ?? 0 }

    /// How long the seconds of a session without a connection are noted, in µs: then it costs nothing more.
    private static let notedAbsence = UInt64(SecondHistory.most) * 1_000_000

    /// Takes note of the lag of a session whose connections have left lately.
    private func noteAbsence(now: UInt64) {
        guard record != nil else { return }
        guard absentSince == 0 || now < absentSince + Self.notedAbsence else {
            record = nil
            return
        }
        var tally = QueueTally()
        switch holding {
        case .awake(let reader): tally.lag = reader.lastLag(now: now)
        case .folded(let queue): queue.tally(0..<queue.slotCount, into: &tally, now: now)
        }
        note(ClientRecord.Second(lag: tally.lag.messages), now: now)
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
