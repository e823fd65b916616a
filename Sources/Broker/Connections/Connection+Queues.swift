import ZaichikProtocol

// Requests about queues.
extension Connection {
    func perform(_ command: QueueRequest, request: UInt32) throws(FrameError) {
        switch command {
        case .settle(let settlement): try settle(settlement, request: request)
        case .transaction(let transaction): carryOut(transaction, request: request)
        case .createSession(let name, let settings): try ask(.act(request: request, .create(name, settings)))
        case .listSessions(let query): try ask(.sessions(request: request, query))
        case .inspectSession(let name, let limit):
            try ask(.session(request: request, name, limit: Int(limit)))
        case .deleteSession(let name): try ask(.act(request: request, .delete(name)))
        case .seek(let pattern, let start, nil, let incarnation):
            try seek(reader, pattern, to: start, incarnation: incarnation, request: request)
        case .seek(let pattern, let start, let session?, let incarnation):
            try ask(.act(request: request, .seek(session, pattern, to: start, incarnation: incarnation)))
        case .listParked(nil, let most, let number):
            listParked(of: reader, after: number, most: most, request: request)
        case .listParked(let session?, let most, let number):
            try ask(.act(request: request, .listParked(session, most: most, after: number)))
        case .settleParked(let action, let numbers, nil):
            settleParked(of: reader, numbers, action, request: request)
        case .settleParked(let action, let numbers, let session?):
            try ask(.act(request: request, .settleParked(session, action, numbers)))
        case .deleteTopic(let name, let incarnation):
            try deleteTopic(name, incarnation: incarnation, request: request)
        case .inspectMessage(let name, let sequence):
            send(.ok(request: request, detail: try origin(of: sequence, in: name, request).detail))
        case .act(let order): try ask(.order(request: request, order))
        case .peek(let target, let limit): try ask(.peek(request: request, target, limit: limit))
        }
    }

    /// The start of a subscription that is new: there is nothing to continue, so that the fallback counts.
    func startToUse(
        _ start: StartPosition, _ fallback: StartPosition?, _ request: UInt32
    ) throws(FrameError) -> StartPosition {
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
}
