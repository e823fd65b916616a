import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// The parts of a drawer about a queue: what follows if it goes on like this, its times, its messages, and who publishes
/// what it is behind on.
enum QueueText {
    // MARK: What follows

    /// When the queue will be drained, and what will be lost and when; empty if there is nothing to tell.
    static func forecast(_ detail: ClientDetail, columns: Int) -> [[Span]] {
        var lines: [[Span]] = []
        if let drained = drained(detail) {
            lines += labelled("drained", drained.text, drained.role, columns: columns)
        }
        if let loss = loss(detail) { lines += labelled("will lose", loss.text, loss.role, columns: columns) }
        return lines
    }

    private static func drained(_ detail: ClientDetail) -> (text: String, role: Role)? {
        let (client, evidence) = (detail.client, detail.evidence)
        guard client[.lagMessages] > 0 else { return nil }
        if let left = evidence[.timeLeft] {
            let error = evidence[.timeLeftError] ?? 0
            let spread = error >= Moment.second ? " ± \(FigureText.age(microseconds: error))" : ""
            return ("in \(FigureText.age(microseconds: left))\(spread)", .good)
        }
        switch client.state {
        case .fallingBehind, .losing, .windowTooSmall, .commitsStopped, .notReading, .poisoned, .paused, .absent:
            let growth = evidence[.growth].map { $0 / 1000 } ?? 0
            return ("never, if it goes on like this" + (growth > 0 ? ": +\(NarrowFigure.count(growth))/s" : ""), .bad)
        case .idle, .publishing, .keepingUp, .draining, .blocked: return nil
        }
    }

    private static func loss(_ detail: ClientDetail) -> (text: String, role: Role)? {
        let evidence = detail.evidence
        switch detail.client.state {
        // The verdict ends with it.
        case .draining, .fallingBehind, .commitsStopped, .windowTooSmall, .paused, .notReading, .absent: return nil
        case .idle, .publishing, .keepingUp, .blocked, .losing, .poisoned: break
        }
        guard let threat = evidence.threat, let topic = evidence[text: .topic] else { return nil }
        let span = evidence[.threatIn] ?? 0
        let when = span < Moment.second ? "now" : "in \(FigureText.age(microseconds: span))"
        let rate = evidence[.lossesThen].map { $0 / 1000 } ?? 0
        let then = rate > 0 ? ", \(NarrowFigure.count(rate))/s from then on" : ""
        switch threat {
        case .messagesExpire:
            let count = evidence[.backlogLoss].map { ": \(NarrowFigure.count($0)) of those that wait now" } ?? ""
            return ("\(when), as they expire in \(topic)\(count)\(then)", .bad)
        case .oldestDropped: return ("\(when), as \(topic) is full\(then)", .bad)
        case .publishersWait: return ("nothing; \(when) publishers to \(topic) have to wait", .warning)
        case .publishesRefused: return ("nothing; \(when) publishes to \(topic) are refused", .warning)
        }
    }

    private static func labelled(_ label: String, _ text: String, _ role: Role, columns: Int) -> [[Span]] {
        let words = TextWidth.words(text, columns: max(columns - 10, 1))
        return words.enumerated().map { index, line in
            [Span(TextWidth.padded(index == 0 ? label : "", to: 10), .quiet), Span(line, role)]
        }
    }

    // MARK: Times

    /// How long messages take to be delivered and to be committed: half of them, 99 of 100, and the longest, on one scale
    /// that grows tenfold with each mark.
    static func times(_ client: ClientStatistics, columns: Int) -> [[Span]] {
        let rows: [(String, [ClientFigure])] = [
            ("delivery", [.deliveryTimeMedian, .deliveryTimeHigh, .deliveryTimeLongest]),
            ("commit", [.commitTimeMedian, .commitTimeHigh, .commitTimeLongest]),
        ]
        let shown = rows.filter { client[$0.1[2]] > 0 }
        guard !shown.isEmpty else { return [] }
        let width = columns - 10 - 34
        let scale = LatencyScale(columns: width)
        var lines: [[Span]] = [
            [Span("TIMES", .columnTitle), Span("  half took no longer than █, 99 of 100 than ▓, all than ░", .quiet)]
        ]
        for (name, figures) in shown {
            let values = figures.map { client[$0] }
            let text = values.map { FigureText.duration(microseconds: $0) }.joined(separator: "  ")
            var line = [Span(TextWidth.padded(name, to: 10), .quiet)]
            if width >= 16 { line.append(Span(TextWidth.padded(scale.bar(values), to: width + 1), .sparkline)) }
            lines.append(line + [Span(text)])
        }
        if width >= 24 { lines.append([Span(String(repeating: " ", count: 10) + scale.marks, .quiet)]) }
        return lines + [[]]
    }

    // MARK: Messages

    /// The oldest deliveries that are not committed, with the attempt and how long each has been out.
    static func inFlight(_ facts: DrawerFacts, _ model: Model, columns: Int) -> [[Span]] {
        let rows = facts.messages?.rows.filter { $0.state == .inFlight || $0.state == .returned } ?? []
        guard !rows.isEmpty else { return [] }
        let names = Dictionary(
            zip(model.clients.rows.map(\.id), ClientLabel.labels(of: model.clients.rows)),
            uniquingKeysWith: { first, _ in first })
        typealias Column = DetailText.Column<PeekedMessage>
        let now = model.broker.time
        let hasOwners = Set(rows.map(\.client)).count > 1
        let table = DetailText.table(
            "IN FLIGHT", Array(rows.prefix(8)),
            [
                Column(title: "ATTEMPT", width: 9) {
                    Span("\($0.message.attempts)", $0.message.attempts > 1 ? .warning : .text)
                },
                Column(title: "SINCE", width: 9) { row in
                    row.state == .returned
                        ? Span("returned", .warning)
                        : Span(DetailText.age(now.since(row.message.parkedAt)))
                },
            ]
                + (hasOwners
                    ? [
                        Column(title: "AT", width: 14, isNumber: false) {
                            Span($0.client == 0 ? "" : names[$0.client] ?? "#\($0.client)", .quiet)
                        }
                    ] : []) + [
                    Column(title: "KEY", width: 14, isNumber: false) {
                        Span(SafeText.text($0.message.key.readableBytesView), .strong)
                    },
                    Column(title: "PAYLOAD", width: max(20, columns - 90), isNumber: false) {
                        Span(PeekText.payload($0.message), .quiet)
                    },
                ], width: columns
        ) { Span("\($0.message.topic) #\($0.message.sequence)", .topic(model.topicColors[$0.message.topic])) }
        let more = (facts.messages?.matching ?? 0) - min(rows.count, 8)
        return table
            + (more > 0
                ? [[Span("v", .key), Span(" shows them and the \(NarrowFigure.count(UInt64(more))) others", .quiet)]]
                : [])
            + [[]]
    }

    // MARK: Publishers

    /// Who published what the queue is behind on, with the share of each.
    static func shares(_ shares: LagShares?, columns: Int) -> [[Span]] {
        guard let shares, shares.messages > 0, !shares.rows.isEmpty else { return [] }
        var rows = shares.rows.prefix(Int(DrawerFacts.mostShares)).map {
            ($0.name.isEmpty ? "#\($0.id)" : $0.name, $0.messages)
        }
        if shares.others > 0 {
            let count = Int(shares.publishers) - shares.rows.count
            rows.append((count > 0 ? "\(count) others" : "others", shares.others))
        }
        typealias Column = DetailText.Column<(String, UInt64)>
        let percent = { (part: UInt64) in Double(part) / Double(max(shares.messages, 1)) * 100 }
        let bar = max(0, min(40, columns - 48))
        return DetailText.table(
            "BEHIND ON MESSAGES OF", rows,
            [
                Column(title: "MESSAGES", width: 10) { Span(NarrowFigure.count($0.1)) },
                Column(title: "SHARE", width: 7) { Span("\(Int(min(percent($0.1), 100).rounded())) %", .strong) },
            ]
                + (bar >= 8
                    ? [
                        Column(title: "", width: bar, isNumber: false) {
                            let count = Int((percent($0.1) / 100 * Double(bar - 2)).rounded())
                            return Span(String(repeating: "■", count: min(max(count, 0), bar - 2)), .sparkline)
                        }
                    ] : []),
            width: columns
        ) { Span($0.0) }
            + (shares.isCut ? [[Span("as far as the broker looked: there is more", .quiet)]] : []) + [[]]
    }
}
