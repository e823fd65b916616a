import ZaichikClient

/// Tells what became of the messages of `zaichik pub`.
struct PublishReport {
    var result: FlushResult
    /// `message`, `line` or `file`.
    var unit: String
    /// How many messages were read.
    var taken: Int
    /// How many of those were handed to the client library.
    var enqueued: Int
    /// How many there are to publish; nil if only the end of the input tells.
    var total: Int?

    var duplicates: String? {
        switch result.duplicates {
        case 0: nil
        case 1: "1 duplicate was dropped"
        default: "\(result.duplicates) duplicates were dropped"
        }
    }

    var refusals: String? {
        result.firstRefusal.map { refusal in
            "\(result.refused) of \(result.refused + result.confirmed) messages were refused, the first because: \(refusal)"
        }
    }

    /// Which messages the broker has perhaps, and which it does not have, of those that were read.
    var unanswered: String? { unanswered(of: taken) }

    /// Messages are counted from 1: answers come in order.
    private func unanswered(of all: Int) -> String? {
        let unsent = enqueued - Int(result.unsent)
        let answered = unsent - Int(result.unanswered)
        var parts: [String] = []
        if unsent > answered {
            parts.append(
                "\(range(answered + 1, unsent)) sent and not answered, so the broker may have accepted \(unsent - answered > 1 ? "them" : "it")"
            )
        }
        if all > unsent { parts.append("\(range(unsent + 1, all)) not sent") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The error of the last message that was taken, which was not enqueued.
    func failure(_ error: any Error) -> String {
        // Errors of reading name the message by themselves.
        let place = error is ClientError && unit != "message" ? "\(unit) \(taken): " : ""
        let accepted = result.confirmed == 1 ? "1 message before it was" : "\(result.confirmed) messages before it were"
        return "\(place)\(error)" + (enqueued > 0 ? "; \(accepted) accepted" : "")
    }

    /// What is known of every message when the connection is lost.
    func loss(_ error: ClientError) -> String {
        guard taken > 0 else { return error.message }
        return "\(error.message); \(fates())"
    }

    /// What is known of every message when the command is interrupted.
    var interruption: String {
        guard taken > 0 || total != nil else { return "interrupted before anything was read" }
        return "interrupted; \(fates(total == nil ? " read" : ""))"
    }

    private func fates(_ kind: String = "") -> String {
        let all = max(total ?? taken, taken)
        let accepted = "\(result.confirmed) \(result.confirmed == 1 ? "was" : "were") accepted"
        var text = "of \(all) \(unit)\(all == 1 ? "" : "s")\(kind) \(accepted)"
        if result.refused > 0 {
            text += ", \(result.refused) refused"
            if let refusal = result.firstRefusal { text += ", the first because: \(refusal)" }
        }
        return unanswered(of: all).map { "\(text); \($0)" } ?? text
    }

    private func range(_ first: Int, _ last: Int) -> String {
        first == last ? "\(unit) \(first) was" : "\(unit)s \(first) to \(last) were"
    }
}
