import ZaichikProtocol

// Requests about queues.
extension Connection {
    func perform(_ command: QueueRequest, request: UInt32) throws(FrameError) {
        switch command {
        case .settle: throw unable("SETTLE", request)
        case .transaction(let transaction): carryOut(transaction, request: request)
        case .createSession: throw unable("CREATE SESSION", request)
        case .listSessions: throw unable("LIST SESSIONS", request)
        case .inspectSession: throw unable("INSPECT SESSION", request)
        case .deleteSession: throw unable("DELETE SESSION", request)
        case .seek: throw unable("SEEK", request)
        case .listParked: throw unable("LIST PARKED", request)
        case .settleParked: throw unable("SETTLE PARKED", request)
        case .deleteTopic: throw unable("DELETE TOPIC", request)
        case .inspectMessage: throw unable("INSPECT MESSAGE", request)
        }
    }

    /// The start of a subscription of a queue that belongs to this connection alone: with nothing to continue, the
    /// fallback counts.
    func startOfOwnQueue(
        _ start: StartPosition, _ options: SubscribeOptions, _ fallback: StartPosition?, _ request: UInt32
    ) throws(FrameError) -> StartPosition {
        guard options.isEmpty else {
            throw FrameError(.badArgument, request: request, "this broker knows no options of a subscription")
        }
        var start = start
        if start == .session {
            guard let fallback else {
                throw FrameError(.noSession, request: request, "start 5 resumes a session, and this client has none")
            }
            start = fallback
        }
        switch start {
        case .last, .lastOfEachKey:
            throw FrameError(
                .badArgument, request: request, "this broker does not know start \(start.wire.start), only 0 to 5")
        case .new, .connection, .earliest, .sequence, .time, .session: return start
        }
    }

    /// The answer to a request whose capability this broker does not announce.
    private func unable(_ name: String, _ request: UInt32) -> FrameError {
        FrameError(.unknownType, request: request, "this broker cannot do \(name); WELCOME names what it can do")
    }
}
