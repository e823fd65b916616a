import NIOCore
import ZaichikProtocol

// The session that HELLO names: its queue takes the place of the connection's own.
extension Connection: SessionMember {
    /// What becomes of a HELLO that names a session.
    enum Entry {
        case attached(Welcome.AttachedSession)
        /// The session lives on another loop.
        case elsewhere(LoopShard)
        case refused(ErrorCode, String)
    }

    /// Attaches to the session of a name, which is created if there is none.
    ///
    /// - Parameter change: Settings that the session is to have.
    /// - Throws: If there is no room for another session.
    func enter(_ name: SessionName, _ change: SessionSettingsChange) throws(FrameError) -> Entry {
        if let place = core.sessions.place(of: name) {
            guard let session = shard.session(at: place) else { return .elsewhere(core.shards[place.loop]) }
            return resume(session, change)
        }
        let settings = change.applied(to: core.current.sessionTemplate.applied(to: SessionSettings()))
        switch try shard.createSession(name, settings, reader: reader) {
        case .elsewhere(let place): return .elsewhere(core.shards[place.loop])
        case .created(let session):
            core.log.tell(.sessionCreated) { LogEntry(created: session, by: metadata) }
            reader.detach(self, now: shard.now, wakes: &shard.wakes)
            _ = session.attach(self)
            self.session = session
            return .attached(Welcome.AttachedSession(incarnation: session.place.incarnation, isResumed: false))
        }
    }

    private func resume(_ session: Session, _ change: SessionSettingsChange) -> Entry {
        let settings = change.applied(to: session.settings)
        if let (code, reason) = session.refusal(of: settings, now: shard.now) { return .refused(code, reason) }
        shard.change(session, to: settings, by: metadata)
        let former = exchangeReader(for: session)
        var values = metadata
        values["session"] = .quoted(session.name.string)
        if let former { values["from"] = .quoted(former) }
        core.log.tell(former == nil ? .sessionResumed : .sessionTakenOver, values)
        return .attached(Welcome.AttachedSession(incarnation: session.place.incarnation, isResumed: true))
    }

    /// Exchanges the connection's own queue, which is empty, for that of a session.
    ///
    /// - Returns: Who had the session and lost it.
    private func exchangeReader(for session: Session) -> String? {
        reader.detach(self, now: shard.now, wakes: &shard.wakes)
        shard.dismiss(reader)
        _ = shard.unfold(session)
        let former = session.attach(self)
        reader = shard.unfold(session)
        self.session = session
        return former
    }

    /// Gives back the queue of the session, which goes on without this connection. From here on the connection has an
    /// empty one of its own.
    func giveBackSession() {
        guard let session else { return }
        self.session = nil
        var traffic = Session.Traffic()
        traffic.add(attachment)
        reader.detach(self, now: shard.now, wakes: &shard.wakes)
        shard.queueChanged(reader)
        session.detached(traffic, now: shard.now)
        reader = shard.newReader(acceptStamp: core.order.stamp())
        reader.attach(self)
        shard.sessionLost(session)
    }

    // MARK: As a member

    /// Whether the lag of its queue is its own, and not shared with others.
    var isLaggingAlone: Bool { session.map { $0.settings.mode == .exclusive } ?? true }

    var name: String { identity.name }

    var introduction: String { "client \(id) ('\(identity.name)', \(identity.address))" }

    var hasVanished: Bool { channel?.isPeerGone ?? true }

    func leaveSession(_ code: ErrorCode, _ reason: String) {
        remember(.ended(code, reason))
        giveBackSession()
        end(code, reason)
    }
}
