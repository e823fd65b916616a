import ZaichikWords

/// The texts of the status line, and how many rows they take.
enum StatusText {
    /// The end of a reason says what to do, so a reason gets the rows that it needs, within limits.
    static func rows(_ model: Model) -> Int {
        let most = model.size.height >= 20 ? 3 : 2
        if let prompt = model.prompt { return min(1 + below(prompt, columns: model.size.width).count, most) }
        let text: String
        if let notice = model.notice {
            text = notice.text
        } else if case .lost(let reason, _, _, _) = model.broker.connection {
            // The number of rows must not change while the seconds are counted.
            text = lost(reason, model.broker.address, age: "59m59s", attempt: 1000)
        } else if case .ended(let reason, _) = model.broker.connection {
            text = ended(reason, model.broker.address)
        } else {
            return 1
        }
        return min(lines(text, columns: model.size.width).count, most)
    }

    /// A field to type into stays at least so wide.
    static let narrowestField = 24

    /// The lines for what is wrong with an answer, below its field; empty if that is nothing or stands beside the field.
    static func below(_ prompt: Prompt, columns: Int) -> [String] {
        guard let problem = prompt.problem else { return [] }
        let beside = columns - TextWidth.columns(of: " \(prompt.label): ") - narrowestField - 1
        return TextWidth.columns(of: problem) <= beside ? [] : lines(problem, columns: columns)
    }

    /// A text in lines, with a blank at each side.
    static func lines(_ text: String, columns: Int) -> [String] {
        TextWidth.words(text, columns: max(1, columns - 2))
    }

    static func lost(_ reason: String, _ address: String, age: String, attempt: Int) -> String {
        "\(withoutAddress(reason, address)) (down for \(age), attempt \(attempt))"
    }

    /// What ends a connection for good is somebody's decision, which connecting again would fight.
    static func ended(_ reason: String, _ address: String) -> String {
        "\(withoutAddress(reason, address)). This program does not connect again by itself: leave it with q and start it again to do so"
    }

    /// A reason in a line of Messages.
    ///
    /// - Parameter event: What has happened, where the reason does not say it.
    static func loss(_ reason: String, _ address: String, _ event: String) -> String {
        let text = withoutAddress(reason, address)
        let tells = ["connection lost: ", "connection ended: "].contains { text.hasPrefix($0) }
        return tells ? text : "\(event): \(text)"
    }

    /// The header has the address already.
    private static func withoutAddress(_ reason: String, _ address: String) -> String {
        reason.replacing("cannot connect to \(address): ", with: "")
            .replacing("the connection to \(address) was lost: ", with: "connection lost: ")
            .replacing("the broker at \(address) ended the connection: ", with: "connection ended: ")
    }
}
