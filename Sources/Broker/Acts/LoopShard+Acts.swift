import ZaichikProtocol

// Acts on what lives on this loop.
extension LoopShard {
    /// Looks for a client in steps, and does to it what is asked.
    ///
    /// - Parameter notHere: Called if the loop does not have it.
    func find(_ id: UInt64, for errand: ActErrand, notHere: @escaping () -> Void) {
        find(id, notHere: notHere) { [unowned self] subject in act(errand, on: subject) }
    }

    /// Looks for a client in steps.
    func find(_ id: UInt64, notHere: @escaping () -> Void, then body: @escaping (ActSubject) -> Void) {
        var seat = 0
        background.add { [unowned self] _ in
            var budget = StepBudget()
            while seat < seatCount {
                guard !budget.isSpent else { return true }
                if let client = client(at: seat), client.id == id {
                    body(client.subject)
                    return false
                }
                budget.spend(StepBudget.seat)
                seat += 1
            }
            notHere()
            return false
        }
    }

    /// Does what is asked about a session that lives here, or has the loop do it on which it lives by now.
    func act(_ errand: ActErrand, onSession name: SessionName) {
        guard let place = core.sessions.place(of: name) else { return errand.refuse(unknown: name) }
        guard place.loop == index else { return core.shards[place.loop].onLoop { $0.act(errand, onSession: name) } }
        guard let session = session(at: place) else { return errand.refuse(unknown: name) }
        beginStep()
        act(errand, on: .session(session))
        flush()
    }

    private func act(_ errand: ActErrand, on subject: ActSubject) {
        switch errand.order.act.subject {
        case .queue: act(errand, onQueueOf: subject)
        case .connection: act(errand, onConnection: subject)
        case .topic, .broker: preconditionFailure("\(errand.order.act) is not about a client")
        }
    }
}

extension LoopClient {
    fileprivate var subject: ActSubject {
        switch self {
        case .connection(let connection): .connection(connection)
        case .session(let session): .session(session)
        }
    }
}
