import ZaichikProtocol

// Requests about queues.
extension Connection {
    func perform(_ command: QueueRequest, request: UInt32) throws(FrameError) {
        switch command {
        case .settle: throw unable("SETTLE", request)
        case .transaction: throw unable("TRANSACTION", request)
        case .createSession(let name, let settings): try ask(.act(request: request, .create(name, settings)))
        case .listSessions(let query): try ask(.sessions(request: request, query))
        case .inspectSession(let name, let limit):
            try ask(.session(request: request, name, rows: Int(limit)))
        case .deleteSession(let name): try ask(.act(request: request, .delete(name)))
        case .seek: throw unable("SEEK", request)
        case .listParked: throw unable("LIST PARKED", request)
        case .settleParked: throw unable("SETTLE PARKED", request)
        case .deleteTopic(let name, let incarnation):
            try deleteTopic(name, incarnation: incarnation, request: request)
        case .inspectMessage(let name, let sequence):
            send(.ok(request: request, detail: try origin(of: sequence, in: name, request).detail))
        }
    }

    /// The start of a subscription that is new: there is nothing to continue, so that the fallback counts.
    func startToUse(
        _ start: StartPosition, _ options: SubscribeOptions, _ fallback: StartPosition?, _ request: UInt32
    ) throws(FrameError) -> StartPosition {
        guard options.isEmpty else {
            throw FrameError(.badArgument, request: request, "this broker knows no options of a subscription")
        }
        var start = start
        if start == .session {
            guard let fallback else {
                let reason =
                    session.map { "session '\($0.name)' has no such subscription that it could continue" }
                    ?? "start 5 continues a subscription of a session, and this client has none"
                throw FrameError(.noSession, request: request, reason + "; give a fallback to begin with")
            }
            start = fallback
        }
        return start
    }

    /// The answer to a request whose capability this broker does not announce.
    private func unable(_ name: String, _ request: UInt32) -> FrameError {
        FrameError(.unknownType, request: request, "this broker cannot do \(name); WELCOME names what it can do")
    }
}
