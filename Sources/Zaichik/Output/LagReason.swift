import ZaichikProtocol

/// Why a client is behind, in one sentence.
enum LagReason {
    /// - Parameter arriving: Messages a second that the client's topics get.
    static func sentence(_ client: ClientStatistics, arriving: UInt64) -> String {
        if client[.subscriptions] == 0 { return "It subscribes to nothing, so it has no queue." }
        if client[.lagMessages] == 0 { return "It is not behind: everything is committed." }
        let inFlight = client[.inFlightMessages]
        switch client.state {
        case .paused: return "Its window is 0: it asks for nothing."
        case .notReading: return "It does not read what its connection brings."
        case .commitsStopped:
            let age = client[.lastCommitAge]
            let since = age == 0 ? "" : " for \(FigureText.duration(microseconds: age))"
            return "It has \(inFlight) messages in flight and has committed none\(since)."
        case .idle, .publishing, .keepingUp, .draining, .fallingBehind, .blocked:
            let rate = client[.commitRate]
            let course = rate > arriving ? "shrinks" : rate < arriving ? "grows" : "stays as it is"
            return "It commits \(rate)/s, its topics get \(arriving)/s: its queue \(course)."
        }
    }
}
