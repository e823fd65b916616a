import Logging
import ZaichikProtocol

// The sessions of a loop.
extension LoopShard {
    /// A session that lives here; nil if it lives elsewhere, or has ended.
    func session(at place: SessionPlace) -> Session? { place.loop == index ? sessions[place.home] : nil }

    /// What becomes of the wish for a new session.
    enum SessionCreation {
        case created(Session)
        /// Another loop has created one of the name meanwhile.
        case elsewhere(SessionPlace)
    }

    /// Creates a session whose queue is that of a reader.
    ///
    /// - Throws: At the limit of sessions or of memory.
    func createSession(
        _ name: SessionName, _ settings: SessionSettings, reader: Reader
    ) throws(FrameError) -> SessionCreation {
        core.findMemory(for: Session.footprint, now: now, wakes: &wakes)
        guard !core.budget.isExhausted else {
            throw FrameError(.memoryFull, "the broker's memory is used up, and session '\(name)' cannot be created")
        }
        let session = sessions.admit { home in
            Session(
                SessionPlace(name: name, id: core.nextID(), home: home), reader: reader, settings: settings, now: now)
        }
        do {
            let place = try core.sessions.claim(session.place)
            guard place === session.place else {
                forget(session)
                return .elsewhere(place)
            }
        } catch {
            forget(session)
            throw error
        }
        core.budget.charge(Session.footprint)
        return .created(session)
    }

    private func forget(_ session: Session) {
        session.awake?.keeper = nil
        sessions.dismiss(session.place.home)
    }

    /// Changes the settings of a session, which has been found to be possible.
    func change(_ session: Session, to settings: SessionSettings, by client: Logger.Metadata) {
        guard settings != session.settings else { return }
        core.log.tell(.sessionChanged) { LogEntry(changed: session, to: settings, by: client) }
        session.change(to: settings, now: now)
        if let reader = session.awake { setAlarm(reader) }
    }

    /// A connection of the session has gone.
    func sessionLost(_ session: Session) {
        if session.isExpired(now: now) { end(session, .expired) }
    }

    /// Why a session ends.
    enum SessionEnd {
        /// Nobody came for as long as it may be without a connection.
        case expired
        case deleted(by: SessionAsker)
    }

    /// Ends a session with all that it has.
    func end(_ session: Session, _ reason: SessionEnd) {
        guard core.sessions.remove(session.place) else { return }
        sessions.dismiss(session.place.home)
        core.budget.charge(-Session.footprint)
        switch reason {
        case .expired: core.log.tell(.sessionExpired) { LogEntry(expired: session, now: now) }
        case .deleted(let asker):
            core.log.tell(.sessionDeleted) { LogEntry(deleted: session, by: asker.metadata) }
            disconnect(
                session.members, .sessionDeleted, "session '\(session.name)' was deleted by \(asker.introduction)")
        }
        let reader = unfold(session)
        reader.keeper = nil
        abandon(reader) { [self] in dismiss(reader) }
    }

    /// Ends all connections of a session. All give it back before the first is told, so that what one had in flight comes to
    /// no other.
    private func disconnect(_ members: [any SessionMember], _ code: ErrorCode, _ reason: String) {
        for member in members { member.giveBackSession() }
        for member in members { member.leaveSession(code, reason) }
    }

    /// Looks at the sessions whose turn it is in this tick.
    func tickSessions() {
        absentLooks.tick(seats: sessions.count, now: now) { seat, budget in
            sessions[seat]?.lookAtAbsence(now: now, &budget, keep: keep)
        }
        for seat in ticker.seats(of: sessions.count) {
            guard let session = sessions[seat] else { continue }
            let verdict = session.tick(now: now, stood: ticker.stood, keep: keep)
            ticker.noteLag(session.lastSecondsLag)
            // An exclusive one is judged with its connection.
            if session.settings.mode != .exclusive, let pulse = session.pulse, let reader = session.awake {
                verdictChanged(&pulse.verdict, pulse.health.state, pulse.lag, of: session, reader) { session.metadata }
            }
            switch verdict {
            case .fine: if session.isAbsent { fold(session) }
            case .expired: end(session, .expired)
            case .overLimit(let lag): relieve(session, of: lag)
            }
        }
    }

    /// The session's own limit of lag is reached.
    private func relieve(_ session: Session, of lag: QueueLag) {
        let settings = session.settings
        guard settings.lagOverflow == .skip || session.isAbsent else {
            let reason = session.limitText(lag)
            disconnect(session.members, .lagLimit, reason)
            return
        }
        let reader = unfold(session)
        reader.skip(to: settings)
        finishInBackground(reader) { [unowned self] in
            queueChanged(reader)
            for owner in reader.owners { owner.readerBecameReady() }
        }
    }
}
