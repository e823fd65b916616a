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

    /// Which messages the broker has perhaps, and which it does not have, counted from 1: answers come in order.
    var unanswered: String? {
        let unsent = enqueued - Int(result.unsent)
        let answered = unsent - Int(result.unanswered)
        var parts: [String] = []
        if unsent > answered {
            parts.append(
                "\(range(answered + 1, unsent)) sent and not answered, so the broker may have accepted \(unsent - answered > 1 ? "them" : "it")"
            )
        }
        if taken > unsent { parts.append("\(range(unsent + 1, taken)) not sent") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The error of the message after those that were enqueued.
    func failure(_ error: any Error) -> String {
        // Errors of reading name the message by themselves.
        let place = error is ClientError && unit != "message" ? "\(unit) \(enqueued + 1): " : ""
        return "\(place)\(error)" + (enqueued > 0 ? "; \(result.confirmed) messages before it were accepted" : "")
    }

    /// What is known of every message when the connection is lost.
    func loss(_ error: ClientError) -> String {
        guard taken > 0 else { return error.message }
        var text = "\(error.message); of \(taken) \(unit)\(taken == 1 ? "" : "s") \(result.confirmed) were accepted"
        if result.refused > 0 {
            text += ", \(result.refused) refused"
            if let refusal = result.firstRefusal { text += ", the first because: \(refusal)" }
        }
        return unanswered.map { "\(text); \($0)" } ?? text
    }

    private func range(_ first: Int, _ last: Int) -> String {
        first == last ? "\(unit) \(first) was" : "\(unit)s \(first) to \(last) were"
    }
}
