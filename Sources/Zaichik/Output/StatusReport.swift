import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// How a broker is, in a few lines: what `zaichik status` prints.
struct StatusReport {
    var address: String
    var brokerName: String
    var version: String
    /// nil if the broker does not say it.
    var incarnation: UInt64?
    /// The broker's clock, in µs since 1970.
    var time: UInt64
    var broker: BrokerStatistics
    /// nil if no client is behind.
    var furthestBehind: ClientStatistics?
    /// Clients and sessions that somebody should look at, the worst first.
    var inTrouble: [ClientStatistics] = []
    var dropping: [TopicStatistics] = []
    var rejecting: [TopicStatistics] = []
    /// Its last minutes; nil if they were not asked for.
    var history: History?

    var troubles: [BrokerTrouble] { BrokerTrouble.all(broker) }

    /// In µs.
    private var age: UInt64 { time > broker[.startedAt] ? time - broker[.startedAt] : 0 }
    /// A rate is that of the last second, so in the first two there is none.
    private var areRatesKnown: Bool { age >= 2_000_000 }

    /// - Parameter aligned: For a terminal; else tab-separated.
    func lines(aligned: Bool) -> [String] {
        var table = Table(head: ["", ""])
        table.rows = rows.map { [.text($0), .text($1)] }
        // Not cut to a terminal's width: what goes wrong is in the longest lines.
        return Array(table.lines(aligned: aligned).dropFirst())
    }

    private var rows: [(String, String)] {
        var rows = [
            ("broker", "\(brokerName) at \(address), zaichik \(version)"),
            (
                "up",
                "\(FigureText.age(microseconds: age)), since \(FigureText.text(broker[.startedAt], BrokerFigure.startedAt))"
            ),
            ("memory", memory),
            ("clients", "\(broker[.connections]) of at most \(broker[.connectionLimit]), this command among them"),
            ("topics", "\(broker[.topics]) of at most \(broker[.topicLimit])"),
            ("messages", rates),
            ("lag", lag),
            (
                "so far",
                "\(broker[.publishedMessages]) published, \(broker[.deliveredMessages]) delivered, "
                    + "\(broker[.gapMessages]) lost by queues, \(broker[.rejectedMessages]) refused"
            ),
        ]
        if broker[.blockedClients] > 0 {
            rows.append(("waiting", "\(broker[.blockedClients]) clients whose publishes wait for room in a full topic"))
        }
        if !inTrouble.isEmpty { rows.append(("queues", queues)) }
        let troubles = troubles.map { $0.sentence(broker, dropping: dropping, rejecting: rejecting) }
        return rows + (troubles.isEmpty ? [("state", state)] : troubles.map { ("TROUBLE", $0) })
    }

    /// Of the broker itself.
    private var state: String { inTrouble.isEmpty ? "fine" : "drops and refuses nothing" }

    /// Such as `2 are in trouble: alice#2 falling behind, bob#3 LOSING; 'zaichik why' has the reasons`.
    private var queues: String {
        let named = inTrouble.prefix(Self.mostNamed).map { client in
            "\(SafeText.escaped(client.name))#\(client.id) \(StateText.word(client.state))"
        }
        let more = inTrouble.count > named.count ? ", …" : ""
        let count = inTrouble.count == 1 ? "1 is" : "\(inTrouble.count) are"
        return "\(count) in trouble: \(named.joined(separator: ", "))\(more); 'zaichik why' has the reasons"
    }

    private static let mostNamed = 6

    private var memory: String {
        let (used, limit) = (broker[.retainedBytes], broker[.memoryLimit])
        let part = limit > 0 ? ", \(Int((Double(used) / Double(limit) * 100).rounded())) %" : ""
        return "\(FigureText.bytes(used)) of at most \(FigureText.bytes(limit))\(part)"
    }

    private var rates: String {
        guard areRatesKnown else { return "rates are not known yet: it has just started" }
        return
            "\(broker[.publishRate])/s published, \(broker[.deliverRate])/s delivered, \(broker[.commitRate])/s committed; "
            + "over a minute \(broker[.publishRate60])/s, \(broker[.deliverRate60])/s, \(broker[.commitRate60])/s"
    }

    private var lag: String {
        guard let client = furthestBehind else { return "none" }
        let age = FigureText.text(client[.oldestAge], ClientFigure.oldestAge)
        return
            "\(broker[.lagMessages]) messages; furthest behind is \(client.name)#\(client.id) with "
            + "\(client[.lagMessages]), \(age), \(client.state)"
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("address", address)
        buffer.writeField("name", brokerName)
        buffer.writeField("version", version)
        // As text: most readers of JSON have no integers of 64 bits.
        if let incarnation {
            buffer.writeField("incarnation", String(incarnation, radix: 16))
        } else {
            buffer.writeNull("incarnation")
        }
        buffer.writeField("time_us", time)
        buffer.writeField("uptime_us", age)
        buffer.writeField("troubles", texts: troubles.map(\.rawValue))
        for figure in BrokerFigure.allCases {
            if figure.unit == .perSecond, !areRatesKnown {
                buffer.writeNull(figure.name)
            } else {
                buffer.writeField(figure.name, broker[figure])
            }
        }
        buffer.writeField("furthest_behind", list: furthestBehind.map { [$0] } ?? []) { row, buffer in
            row.write(label: row.name, to: &buffer)
        }
        buffer.writeField("in_trouble", list: inTrouble) { $0.write(label: $0.name, to: &$1) }
        buffer.writeField("dropping", list: dropping) { $0.write(to: &$1) }
        buffer.writeField("rejecting", list: rejecting) { $0.write(to: &$1) }
        if let history { buffer.writeField("history", object: history.write) }
    }
}
