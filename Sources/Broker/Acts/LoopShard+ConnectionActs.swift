import ZaichikProtocol

// Acts on connections.
extension LoopShard {
    func act(_ errand: ActErrand, onConnection subject: ActSubject) {
        guard errand.order.act == .disconnect else {
            preconditionFailure("\(errand.order.act) is not about a connection")
        }
        let end = errand.order.values.end(now: now)
        if end != nil, subject.ownRow.name.isEmpty {
            return errand.refuse(
                .badArgument, "\(subject.description) has no name that could be banned; disconnect it without a time")
        }
        let connections = subject.connections
        var losses = Dismissal(connections)
        background.add { [unowned self] now in
            guard let rows = losses.step(now: now) else { return true }
            disconnect(connections, subject, errand, until: end, rows)
            return false
        }
    }

    private func disconnect(
        _ connections: [Connection], _ subject: ActSubject, _ errand: ActErrand, until end: UInt64?,
        _ rows: [Acted.Row]
    ) {
        guard !errand.order.isDryRun else { return errand.done(rows) }
        if let end {
            let ban = Ban(until: end, by: errand.asker.introduction, reason: errand.order.values.reason)
            guard core.bans.add(ban, of: subject.banned, now: now) else {
                return errand.refuse(
                    .memoryFull,
                    "\(BanTable.most) names are banned already, and no more may be; nothing was done. Wait until a ban ends"
                )
            }
        }
        let text = Self.farewell(errand, subject, until: end)
        for connection in connections { connection.giveBackSession() }
        for connection in connections { connection.disconnect(text, until: end, now: now) }
        errand.done(rows)
    }

    private static func farewell(_ errand: ActErrand, _ subject: ActSubject, until end: UInt64?) -> String {
        let reason = errand.order.values.reason
        var text = "disconnected by \(errand.asker.introduction)"
        if !reason.isEmpty { text += ": \(reason)" }
        if end != nil { text += "; \(subject.banned) may not return for a time" }
        return text
    }
}

extension ActSubject {
    fileprivate var banned: BanTable.Name {
        switch self {
        case .connection(let connection): .client(connection.identity.name)
        case .session(let session): .session(session.name)
        }
    }
}

extension Connection {
    /// Ends the connection, and says how long it is to stay away.
    fileprivate func disconnect(_ text: String, until end: UInt64?, now: UInt64) {
        guard life.isOpen else { return }
        if let end { send(.retryAfter(milliseconds: Ban.wait(until: end, now: now))) }
        self.end(.disconnected, text)
    }

    /// Ends the connection if nobody may come under its name, or under that of its session.
    ///
    /// - Returns: Whether it may come.
    func admitName(_ hello: Hello) -> Bool {
        let names = [BanTable.Name.client(hello.name)] + (hello.session.map { [.session($0)] } ?? [])
        guard let (name, ban) = core.bans.first(of: names, now: shard.now) else { return true }
        send(.retryAfter(milliseconds: Ban.wait(until: ban.until, now: shard.now)))
        end(.banned, ban.text(of: name, now: shard.now))
        return false
    }
}

/// What is lost if connections end, worked out in steps: what the queues of those that have no session have not done, and
/// those of sessions that end with their last connection.
private struct Dismissal {
    private let connections: [Connection]
    private var place = 0
    private var adding = TallyProgress()
    private var rows: [Acted.Row] = []

    init(_ connections: [Connection]) { self.connections = connections }

    /// - Returns: nil if another step is needed.
    mutating func step(now: UInt64) -> [Acted.Row]? {
        var budget = StepBudget()
        while place < connections.count {
            let connection = connections[place]
            var row = ActSubject.connection(connection).ownRow
            if connection.losesQueue {
                guard let tally = adding.add(connection, &budget, now: now) else { return nil }
                row.messages = tally.lag.messages + tally.lag.parked
                row.bytes = tally.lag.bytes
            }
            rows.append(row)
            place += 1
        }
        return rows
    }
}

extension Connection {
    /// Whether its queue ends with it.
    fileprivate var losesQueue: Bool {
        guard let session else { return true }
        return session.settings.expiry == 0 && session.owners.count == 1
    }
}
