import ZaichikWords

/// The texts of the status line, and how many rows they take.
enum StatusText {
    /// The end of a reason says what to do, so a reason gets the rows that it needs, within limits.
    static func rows(_ model: Model) -> Int {
        guard model.prompt == nil else { return 1 }
        let text: String
        if let notice = model.notice {
            text = notice.text
        } else if case .lost(let reason, _, _, _) = model.broker.connection {
            // The number of rows must not change while the seconds are counted.
            text = lost(reason, model.broker.address, age: "59m59s", attempt: 1000)
        } else {
            return 1
        }
        return min(lines(text, columns: model.size.width).count, model.size.height >= 20 ? 3 : 2)
    }

    /// A text in lines, with a blank at each side.
    static func lines(_ text: String, columns: Int) -> [String] {
        TextWidth.words(text, columns: max(1, columns - 2))
    }

    static func lost(_ reason: String, _ address: String, age: String, attempt: Int) -> String {
        "\(withoutAddress(reason, address)) (down for \(age), attempt \(attempt))"
    }

    /// The header has the address already.
    private static func withoutAddress(_ reason: String, _ address: String) -> String {
        reason.replacing("cannot connect to \(address): ", with: "")
            .replacing("the connection to \(address) was lost: ", with: "connection lost: ")
    }
}
