import ZaichikProtocol

/// The outcome in figures.
struct KillReport {
    var options: KillOptions
    var ledger: DoingLedger
    /// The session at the end.
    var session: SessionStatistics
    var seconds: Double

    /// Whether nothing was lost and nothing was done twice but what was in flight at a kill.
    var holds: Bool {
        ledger.lost == 0 && ledger.doubled == 0 && ledger.unannounced == 0 && session[.gapMessages] == 0
            && session[.parkedMessages] == 0
    }

    var text: String {
        let rate = Int(Double(options.messages) / max(seconds, 0.001))
        return """
            \(options.messages) messages through one shared session, \(options.workers) workers at a time with \
            \(options.window) in flight each, seed \(options.seed)
            \(Int(seconds)) s, \(rate) messages/s, \(ledger.workers - options.workers) kills
            \(session[.deliveredMessages]) deliveries, \(session[.redeliveredMessages]) of them again, \
            \(session[.committedMessages]) committed
            \(ledger.again) of those that came again were done, \(ledger.repeated) of them had been done by a worker that was \
            killed before its commit
            lost: \(ledger.lost), told as gaps: \(session[.gapMessages]), done twice though not in flight at a kill: \
            \(ledger.doubled), done twice without being announced: \(ledger.unannounced)
            \(holds ? "nothing lost, nothing done twice but what was in flight at a kill" : "THAT IS WRONG")
            """
    }
}
