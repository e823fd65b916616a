import Logging
import NIOCore
import ZaichikProtocol

/// A request about a session that the session's own loop carries out.
enum SessionAct: Equatable, Sendable {
    case create(SessionName, SessionSettingsChange)
    case delete(SessionName)
    /// - session: nil for the queue of the connection that asks.
    case seek(SessionName?, TopicPattern, to: StartPosition, incarnation: UInt64?)

    /// nil for the queue of the connection that asks.
    var session: SessionName? {
        switch self {
        case .create(let name, _), .delete(let name): name
        case .seek(let name, _, _, _): name
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
    /// Carries out a request about a session of this loop.
    ///
    /// - Parameter reply: Called on this loop with the answer, now or after some steps.
    func perform(_ act: SessionAct, for asker: SessionAsker, reply: @escaping (BrokerFrame) -> Void) {
        beginStep()
        defer { flush() }
        do throws(FrameError) {
            if case .create(let name, let change) = act { return reply(try create(name, change, for: asker)) }
            guard let name = act.session, let place = core.sessions.place(of: name),
                let session = session(at: place)
            else { throw FrameError(.unknownSession, "there is no session '\(act.session?.string ?? "")'") }
            if case .delete = act {
                end(session, .deleted(by: asker))
                return reply(.ok(request: asker.request, detail: ByteBuffer()))
            }
            perform(act, on: unfold(session), asker.request, reply: reply)
        } catch {
            reply(refused(error, asker.request))
        }
    }

    /// Carries out a request about the queue of a reader.
    func perform(
        _ act: SessionAct, on reader: Reader, _ request: UInt32, reply: @escaping (BrokerFrame) -> Void
    ) {
        switch act {
        case .create, .delete: preconditionFailure("this is about a session, not about its queue")
        case .seek(_, let pattern, let position, let incarnation):
            var seek = QueueSeek(pattern, to: position, incarnation: incarnation)
            let topic = pattern.name.flatMap { core.registry.topic(named: $0) }
            background.add { [unowned self] now in
                do throws(FrameError) {
                    guard try seek.step(reader, topic: topic, now: now, wakes: &wakes) else { return true }
                    reply(.ok(request: request, detail: CountDone(count: seek.moved).detail))
                } catch {
                    reply(refused(error, request))
                }
                return false
            }
        }
    }

    private func refused(_ error: FrameError, _ request: UInt32) -> BrokerFrame {
        totals.refusals.count(error.code)
        return .error(code: error.code.rawValue, request: request, message: error.message)
    }

    private func create(
        _ name: SessionName, _ change: SessionSettingsChange, for asker: SessionAsker
    ) throws(FrameError) -> BrokerFrame {
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
            creation = try createSession(name, change.applied(to: SessionSettings()), reader: reader)
        } catch {
            dismiss(reader)
            throw error
        }
        guard case .created(let session) = creation else {
            dismiss(reader)
            throw FrameError(.unknownSession, "session '\(name)' was being created by another client; ask again")
        }
        core.log.tell(.sessionCreated) { LogEntry(created: session, by: asker.metadata) }
        return created(session, .created, asker)
    }

    private func created(_ session: Session, _ outcome: TopicOutcome, _ asker: SessionAsker) -> BrokerFrame {
        let detail = SessionCreated(id: session.id, outcome: outcome, incarnation: session.place.incarnation)
        return .ok(request: asker.request, detail: detail.detail)
    }
}
