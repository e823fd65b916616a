import ZaichikWords

/// The difference between two messages, line by line: what went, what came, and what is the same.
enum MessageDifference {
    /// Of longer payloads only the first lines are compared.
    private static let mostLines = 500

    static func lines(
        from earlier: ReceivedMessage, to message: ReceivedMessage, _ format: PayloadFormat
    ) -> [[Span]] {
        let (old, new) = (texts(earlier, format), texts(message, format))
        let title = [Span("- #\(earlier.sequence)", .bad), Span("  "), Span("+ #\(message.sequence)", .good)]
        guard old != new else { return [[Span("the same as #\(earlier.sequence)", .quiet)]] }
        let difference = new.difference(from: old)
        var removed: [Int: String] = [:]
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, let line, _): removed[offset] = line
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [[Span]] = [title]
        var place = 0
        for (index, line) in new.enumerated() {
            while let gone = removed[place] {
                lines.append([Span("- " + gone, .bad)])
                place += 1
            }
            if inserted.contains(index) {
                lines.append([Span("+ " + line, .good)])
            } else {
                lines.append([Span("  " + line, .quiet)])
                place += 1
            }
        }
        while let gone = removed[place] {
            lines.append([Span("- " + gone, .bad)])
            place += 1
        }
        if new.count == mostLines || old.count == mostLines {
            lines.append([Span("… only the first \(mostLines) lines are compared", .warning)])
        }
        return lines
    }

    /// What is compared: the headers, and the payload.
    private static func texts(_ message: ReceivedMessage, _ format: PayloadFormat) -> [String] {
        let headers = message.headers.map { SafeText.escaped($0.name) + ": " + SafeText.text($0.value) }
        let payload: [String]
        if let document = PayloadText.document(message.payload, message.format(format)) {
            payload = JSONText.indented(document).map { SafeText.text($0) }
        } else {
            // So wide that only hex is broken into lines of a fixed length.
            payload = PayloadText.lines(message.payload, message.format(format), columns: 76)
        }
        return Array((headers + payload).prefix(mostLines))
    }
}
