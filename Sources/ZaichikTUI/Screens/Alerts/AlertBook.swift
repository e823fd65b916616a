import ZaichikProtocol
import ZaichikWords

/// The alerts, and which of them hold at the moment. Judged with each update of the statistics, by the broker's clock.
struct AlertBook: Equatable {
    /// More would not be read.
    static let most = 16
    /// The name of the event that this program adds to those of the broker.
    static let eventName = "alert"
    /// How long the header flashes when an alert begins, in µs.
    private static let flash = 10 * Moment.second

    struct Alert: Equatable {
        let rule: AlertRule
        var state = State.quiet
    }

    enum State: Equatable {
        case quiet
        /// It holds, not yet for long enough.
        case pending(since: Moment)
        case raised(Raised)
        /// The client that it names is not among the rows that came.
        case unknown
    }

    struct Raised: Equatable {
        var since: Moment
        var value: UInt64
        /// Whose figure it is; empty if it is the broker's.
        var who: String
    }

    private(set) var alerts: [Alert] = []

    /// - Returns: Why it was not added; nil if it was.
    mutating func add(_ rule: AlertRule) -> String? {
        if alerts.contains(where: { $0.rule.description == rule.description }) {
            return "there is such an alert already"
        }
        guard alerts.count < Self.most else { return "there are \(Self.most) alerts, as many as there may be" }
        alerts.append(Alert(rule: rule))
        return nil
    }

    mutating func remove(_ text: String) -> Bool {
        let before = alerts.count
        alerts.removeAll { $0.rule.description == text }
        return alerts.count < before
    }

    var raised: [(rule: AlertRule, raised: Raised)] {
        alerts.compactMap { alert in
            if case .raised(let raised) = alert.state { (alert.rule, raised) } else { nil }
        }
    }

    /// Whether the header is in its other half of flashing.
    func isFlashed(at time: Moment) -> Bool {
        raised.contains { time.since($0.raised.since) < Self.flash } && time / (Moment.second / 2) % 2 == 1
    }

    /// Judges all alerts.
    ///
    /// - Returns: The rules that hold from now on, with whose figure it is.
    mutating func judge(_ update: StatisticsUpdate) -> [(rule: AlertRule, raised: Raised)] {
        var begun: [(AlertRule, Raised)] = []
        for index in alerts.indices {
            let rule = alerts[index].rule
            guard let found = rule.value(in: update) else {
                alerts[index].state = .unknown
                continue
            }
            guard rule.holds(found.value) else {
                alerts[index].state = .quiet
                continue
            }
            switch alerts[index].state {
            case .raised(var raised):
                (raised.value, raised.who) = (found.value, found.who)
                alerts[index].state = .raised(raised)
                continue
            case .pending(let since) where update.time.since(since) >= rule.span: break
            case .pending: continue
            case .quiet, .unknown:
                if rule.span > 0 {
                    alerts[index].state = .pending(since: update.time)
                    continue
                }
            }
            let raised = Raised(since: update.time, value: found.value, who: found.who)
            alerts[index].state = .raised(raised)
            begun.append((rule, raised))
        }
        return begun
    }
}

extension AlertRule {
    /// The figure at the moment, and whose it is.
    ///
    /// - Returns: nil if it is not among what came.
    func value(in update: StatisticsUpdate) -> (value: UInt64, who: String)? {
        let broker = update.broker
        let rows = update.clients?.rows ?? []
        if let client {
            guard let column = clientFigure, let row = rows.first(where: { $0.name == client || $0.session == client })
            else { return nil }
            return (row[column], client)
        }
        func worst(_ figure: ClientFigure) -> ClientStatistics? { rows.max { $0[figure] < $1[figure] } }
        switch figure {
        case .lag:
            // The broker knows the largest of all, whatever rows are asked for.
            let row = worst(.lagMessages)
            let isThis = row?[.lagMessages] == broker[.largestLag]
            return (broker[.largestLag], isThis ? row?.name ?? "" : "")
        case .age: return worst(.oldestAge).map { ($0[.oldestAge], $0.name) } ?? (0, "")
        case .lost: return (broker[.lostRate], worst(.lostRate).flatMap { $0[.lostRate] > 0 ? $0.name : nil } ?? "")
        case .in: return (broker[.publishRate], "")
        case .out: return (broker[.deliverRate], "")
        case .commits: return (broker[.commitRate], "")
        case .blocked: return (broker[.blockedClients], "")
        case .losing: return (broker[.losingClients], "")
        case .total: return (broker[.lagMessages], "")
        case .memory:
            return (UInt64(Percent.of(broker[.retainedBytes], broker[.memoryLimit])), "")
        case .clients: return (broker[.connections], "")
        }
    }

    private var clientFigure: ClientFigure? {
        switch figure {
        case .lag: .lagMessages
        case .age: .oldestAge
        case .lost: .lostRate
        case .in: .publishRate
        case .out: .deliverRate
        case .commits: .commitRate
        case .blocked, .losing, .total, .memory, .clients: nil
        }
    }

    /// Such as `alert: lag > 1000 for 30s (alice: 12.8k)`.
    func sentence(_ raised: AlertBook.Raised) -> String {
        let condition = command == nil ? description : description.components(before: " run ")
        let who = raised.who.isEmpty ? "" : "\(SafeText.escaped(raised.who)): "
        return "alert: \(SafeText.escaped(condition)) (\(who)\(shown(raised.value)))"
    }
}

extension String {
    /// The text before the first place of another, or all of it.
    fileprivate func components(before other: String) -> String {
        firstRange(of: other).map { String(self[..<$0.lowerBound]) } ?? self
    }
}
