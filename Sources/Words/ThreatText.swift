import ZaichikProtocol

/// What becomes of a queue's messages if it goes on like this.
enum ThreatText {
    /// A sentence after another one; empty if nothing is in danger.
    static func sentence(_ evidence: Evidence) -> String {
        guard let threat = evidence.threat, let topic = evidence[text: .topic] else { return "" }
        let span = evidence[.threatIn] ?? 0
        let when = span < 1_000_000 ? "Now" : "In \(FigureText.age(microseconds: span))"
        switch threat {
        case .messagesExpire:
            return " \(when) the oldest of them in '\(topic)' \(span < 1_000_000 ? "" : "begin to ")expire unread"
                + "\(backlog(evidence))\(then(evidence, "lost"))."
        case .oldestDropped: return " \(when) '\(topic)' is full and drops the oldest\(then(evidence, "lost"))."
        case .publishersWait: return " \(when) '\(topic)' is full, and publishes to it have to wait."
        case .publishesRefused: return " \(when) '\(topic)' is full, and publishes to it are refused."
        }
    }

    private static func backlog(_ evidence: Evidence) -> String {
        guard let lost = evidence[.backlogLoss] else { return "" }
        return lost == 1
            ? "; 1 of those that wait now would be lost"
            : "; \(NarrowFigure.count(lost)) of those that wait now would be lost"
    }

    private static func then(_ evidence: Evidence, _ what: String) -> String {
        guard let thousandths = evidence[.lossesThen], thousandths >= 50 else { return "" }
        let rate = Double(thousandths) / 1000
        let text = rate < 9.95 ? Scaled(rate).shortest : NarrowFigure.count(thousandths / 1000)
        return ", \(text)/s \(what) from then on"
    }
}
