import Logging
import NIOCore
import ZaichikProtocol

/// A request about a session that the session's own loop carries out.
enum SessionAct: Equatable, Sendable {
    case create(SessionName, SessionSettingsChange)
    case delete(SessionName)
    case seek(SessionName, TopicPattern, to: StartPosition, incarnation: UInt64?)
    case listParked(SessionName, most: UInt32, after: UInt64)
    case settleParked(SessionName, ParkedAction, [ClosedRange<UInt64>])

    var session: SessionName {
        switch self {
        case .create(let name, _), .delete(let name), .seek(let name, _, _, _), .listParked(let name, _, _),
            .settleParked(let name, _, _):
            name
        }
    }
}

/// Who asks for it, as its session's loop has to know.
struct SessionAsker: Sendable {
    /// For the answer.
    var request: UInt32
    /// For the log.
    var metadata: Logger.Metadata
    /// For the clients whose session is deleted.
    var introduction: String
    /// The longest frame that the client takes, in bytes.
    var frameLimit: Int
}

extension LoopShard {
    /// Carries out a request about a session of this loop, or has the loop do so on which it is by now: the name may have
    /// another session since the request was made.
    ///
    /// - Parameter reply: Called on some loop with the answer, now or after some steps.
    func perform(_ act: SessionAct, for asker: SessionAsker, reply: @escaping @Sendable (BrokerFrame) -> Void) {
        beginStep()
        defer { flush() }
        if let place = core.sessions.place(of: act.session), place.loop != index {
            return core.shards[place.loop].onLoop { $0.perform(act, for: asker, reply: reply) }
        }
        do throws(FrameError) {
            if case .create(let name, let change) = act {
                guard let answer = try create(name, change, for: asker) else {
                    return perform(act, for: asker, reply: reply)
                }
                return reply(answer)
            }
            guard let place = core.sessions.place(of: act.session), let session = session(at: place) else {
                throw .unknownSession(act.session)
            }
            try perform(act, on: session, for: asker, reply: reply)
        } catch {
            reply(refused(error, asker.request))
        }
    }

    private func perform(
        _ act: SessionAct, on session: Session, for asker: SessionAsker,
        reply: @escaping @Sendable (BrokerFrame) -> Void
    ) throws(FrameError) {
        let request = asker.request
        switch act {
        case .create: preconditionFailure("a session is created where none is")
        case .delete:
            end(session, .deleted(by: asker))
            reply(.ok(request: request, detail: ByteBuffer()))
        case .seek(_, let pattern, let position, let incarnation):
            let reader = unfold(session)
            try reader.checkSeek(pattern, incarnation, in: core.registry, request: request)
            let tally = reader.seek(pattern, to: position)
            reader.step(now: now, wakes: &wakes)
            finish(reader, of: act, for: asker, reply: reply) { _ in
                .ok(request: request, detail: CountDone(count: tally.topics).detail)
            }
        case .listParked(_, let most, let number):
            let reader = unfold(session)
            reader.sweepParked()
            finish(reader, of: act, for: asker, reply: reply) { now in
                .parked(
                    request: request, page: reader.parkedPage(after: number, most: most, now: now), isLast: true)
            }
        case .settleParked(_, let action, let numbers):
            let reader = unfold(session)
            reader.sweepParked()
            finish(reader, of: act, for: asker, reply: reply) { now throws(FrameError) in
                let count = try reader.settleParked(numbers, action, request: request, now: now)
                return .ok(request: request, detail: CountDone(count: count).detail)
            }
        }
    }

    /// Finishes a reader's work in steps, and then does the last of it and answers.
    private func finish(
        _ reader: Reader, of act: SessionAct, for asker: SessionAsker, reply: @escaping @Sendable (BrokerFrame) -> Void,
        last: @escaping (_ now: UInt64) throws(FrameError) -> BrokerFrame
    ) {
        finishInBackground(reader) { [self] in
            do throws(FrameError) {
                // The session may have ended meanwhile.
                guard !reader.isAbandoned else { throw .unknownSession(act.session) }
                reply(try last(now))
            } catch {
                reply(refused(error, asker.request))
            }
            queueChanged(reader)
            for owner in reader.owners { owner.readerBecameReady() }
        }
    }

    private func refused(_ error: FrameError, _ request: UInt32) -> BrokerFrame {
        totals.refusals.count(error.code)
        return .error(code: error.code.rawValue, request: request, message: error.message)
    }

    /// - Returns: nil if another loop has created one of the name just now.
    private func create(
        _ name: SessionName, _ change: SessionSettingsChange, for asker: SessionAsker
    ) throws(FrameError) -> BrokerFrame? {
        if let place = core.sessions.place(of: name), let session = session(at: place) {
            let wanted = change.applied(to: session.settings)
            guard wanted.mode == session.settings.mode || session.isAbsent else {
                throw FrameError(
                    .sessionAttached,
                    "connections are attached to session '\(name)', so it stays \(session.settings.mode)")
            }
            let outcome: TopicOutcome = wanted == session.settings ? .unchanged : .changed
            self.change(session, to: wanted, by: asker.metadata)
            return created(session, outcome, asker)
        }
        let reader = newReader(acceptStamp: core.order.stamp())
        let creation: SessionCreation
        do throws(FrameError) {
            let settings = core.current.sessionTemplate.applied(to: SessionSettings())
            creation = try createSession(name, change.applied(to: settings), reader: reader)
        } catch {
            dismiss(reader)
            throw error
        }
        guard case .created(let session) = creation else {
            dismiss(reader)
            return nil
        }
        core.log.tell(.sessionCreated) { LogEntry(created: session, by: asker.metadata) }
        return created(session, .created, asker)
    }

    private func created(_ session: Session, _ outcome: TopicOutcome, _ asker: SessionAsker) -> BrokerFrame {
        let detail = SessionCreated(id: session.id, outcome: outcome, incarnation: session.place.incarnation)
        return .ok(request: asker.request, detail: detail.detail)
    }
}

extension FrameError {
    fileprivate static func unknownSession(_ name: SessionName) -> FrameError {
        FrameError(.unknownSession, "there is no session '\(name)'")
    }
}
