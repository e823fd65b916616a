import ZaichikProtocol
import ZaichikWords

/// One event of the broker, or of this program's own alerts, as the Events pane has it.
struct EventEntry: Equatable, Sendable {
    /// Counted here, from 1.
    let id: UInt64
    let report: Report
    /// Who or what it is about; empty if it is the broker.
    let subject: String
    /// What it says, on one line.
    let text: String
    let role: Role

    init(id: UInt64, _ report: Report) {
        self.id = id
        self.report = report
        subject = Self.subject(report)
        text = Self.text(report)
        role = Self.role(report)
    }

    /// Losses are the loudest, then what blocks or refuses, then what has stopped.
    private static func role(_ report: Report) -> Role {
        switch report.name {
        case "gap", "drops-begun", "delayed-lost", AlertBook.eventName: return .losing
        case "refusals-begun", "memory-reached", "messages-parked", "events-left-out", "traces-left-out": return .bad
        case "verdict-changed":
            return ClientState.allCases.first { $0.description == report.data["verdict"]?.text }.map(Role.state)
                ?? .text
        default: break
        }
        switch report.level {
        case "warning": return .bad
        case "notice": return .warning
        case "debug": return .quiet
        default: return .text
        }
    }

    private static func subject(_ report: Report) -> String {
        let name = report.data["name"]?.text ?? ""
        let client = report.data["client"]?.number.map { name + "#\($0)" } ?? name
        let topic = report.data["topic"]?.text
        let session = report.data["session"]?.text
        // What is about a queue in a topic names the queue; the topic is in the text.
        let isOfQueue = report.data["cause"] != nil || report.name == "messages-parked"
        let about = isOfQueue ? [session, client, topic] : [topic, session, client]
        return SafeText.escaped(about.compactMap(\.self).first { !$0.isEmpty } ?? "")
    }

    private static func text(_ report: Report) -> String {
        if report.more > 0 { return "\(report.more) more of these were left out" }
        if let verdict = report.verdict {
            let from = report.data["from"]?.text.map { "\($0) → " } ?? ""
            let now = report.data["verdict"]?.text ?? ""
            return SafeText.escaped("\(from)\(now): \(verdict.sentence)")
        }
        if report.name == "gap", let topic = report.data["topic"]?.text, let count = report.data["messages"]?.number {
            let messages = count == 1 ? "1 message" : "\(count) messages"
            return SafeText.escaped("lost \(messages) of '\(topic)': \(report.data["cause"]?.text ?? "")")
        }
        let data = report.shownData(without: ["name", "client"])
        return SafeText.escaped(report.text) + (data.isEmpty ? "" : "  " + data)
    }

    /// The message that it is about, of which a trace could tell more; nil if it names none.
    var message: TracedMessage? {
        guard let topic = report.data["topic"]?.text else { return nil }
        guard let sequence = (report.data["sequence"] ?? report.data["first"])?.number else { return nil }
        return TracedMessage(topic: topic, sequence: sequence)
    }
}
