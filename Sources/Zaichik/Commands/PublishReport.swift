import ZaichikClient

/// Tells what became of the messages of `zaichik pub`.
struct PublishReport {
    var result: FlushResult
    /// `message` or `line`.
    var unit: String
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
        if result.unanswered > 0 {
            let units = Self.range(answered + 1, unsent, unit)
            parts.append(
                "\(units) sent and not answered, so the broker may have accepted \(unsent - answered > 1 ? "them" : "it")"
            )
        }
        if result.unsent > 0 { parts.append("\(Self.range(unsent + 1, enqueued, unit)) not sent") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The error of the message after those that were enqueued.
    func failure(_ error: any Error) -> String {
        let place = unit == "line" ? "line \(enqueued + 1): " : ""
        return "\(place)\(error)" + (enqueued > 0 ? "; \(result.confirmed) messages before it were accepted" : "")
    }

    private static func range(_ first: Int, _ last: Int, _ unit: String) -> String {
        first == last ? "\(unit) \(first) was" : "\(unit)s \(first) to \(last) were"
    }
}
