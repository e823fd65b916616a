import Logging
import NIOCore
import ZaichikProtocol

/// A request about a session that the session's own loop carries out.
enum SessionAct: Equatable, Sendable {
    case create(SessionName, SessionSettingsChange)
    case delete(SessionName)

    var session: SessionName {
        switch self {
        case .create(let name, _), .delete(let name): name
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
    /// - Returns: The answer.
    func perform(_ act: SessionAct, for asker: SessionAsker) -> BrokerFrame {
        beginStep()
        defer { flush() }
        do throws(FrameError) {
            if case .create(let name, let change) = act { return try create(name, change, for: asker) }
            guard let place = core.sessions.place(of: act.session), let session = session(at: place) else {
                throw FrameError(.unknownSession, "there is no session '\(act.session)'")
            }
            return try perform(act, on: session, for: asker)
        } catch {
            totals.refusals.count(error.code)
            return .error(code: error.code.rawValue, request: asker.request, message: error.message)
        }
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

    private func perform(
        _ act: SessionAct, on session: Session, for asker: SessionAsker
    ) throws(FrameError) -> BrokerFrame {
        switch act {
        case .create: preconditionFailure("a session is created where none is")
        case .delete:
            end(session, .deleted(by: asker))
            return .ok(request: asker.request, detail: ByteBuffer())
        }
    }
}
