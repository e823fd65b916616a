import ZaichikWords

/// Text that is searched for in UTF-8; upper and lower case are alike.
struct TextSearch: Equatable, Sendable {
    let text: String
    /// For each scalar of the text, the bytes of the forms that match it.
    private let forms: [[[UInt8]]]
    /// Which bytes begin a match.
    private let isFirst: [Bool]

    /// - Returns: nil if there is nothing to search for.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
        forms = text.unicodeScalars.map { scalar in
            let forms = [String(scalar), scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
            return Set(forms).map { Array($0.utf8) }
        }
        var isFirst = [Bool](repeating: false, count: 256)
        for form in forms[0] { isFirst[Int(form[0])] = true }
        self.isFirst = isFirst
    }

    /// The first match at or after a place; nil if there is none.
    func firstMatch(in bytes: [UInt8], from start: Int = 0) -> Range<Int>? {
        var place = start
        while place < bytes.count {
            if isFirst[Int(bytes[place])], let end = matchEnd(in: bytes, at: place) { return place..<end }
            place += 1
        }
        return nil
    }

    func isIn(_ bytes: [UInt8]) -> Bool { firstMatch(in: bytes) != nil }
    func isIn(_ text: String) -> Bool { isIn(Array(text.utf8)) }

    private func matchEnd(in bytes: [UInt8], at start: Int) -> Int? {
        var place = start
        for scalar in forms {
            guard let form = scalar.first(where: { Self.bytes(bytes, have: $0, at: place) }) else { return nil }
            place += form.count
        }
        return place
    }

    private static func bytes(_ bytes: [UInt8], have part: [UInt8], at start: Int) -> Bool {
        guard start + part.count <= bytes.count else { return false }
        for offset in part.indices where bytes[start + offset] != part[offset] { return false }
        return true
    }
}

extension TextSearch {
    /// The spans with the places that match as spans of their own; a match may go over several.
    func marked(_ spans: [Span]) -> [Span] {
        let bytes = spans.flatMap { $0.text.utf8 }
        var matches: [Range<Int>] = []
        while let match = firstMatch(in: bytes, from: matches.last?.upperBound ?? 0) { matches.append(match) }
        guard !matches.isEmpty else { return spans }
        var left = matches[...]
        var start = 0
        return spans.flatMap { span -> [Span] in
            let end = start + span.text.utf8.count
            defer { start = end }
            var parts: [Span] = []
            var done = start
            let add = { (range: Range<Int>, role: Role) in
                if !range.isEmpty { parts.append(Span(String(decoding: bytes[range], as: UTF8.self), role)) }
            }
            while let match = left.first, match.lowerBound < end {
                let here = match.clamped(to: done..<end)
                add(done..<here.lowerBound, span.role)
                add(here, .match)
                done = here.upperBound
                if match.upperBound > end { break }
                left.removeFirst()
            }
            add(done..<end, span.role)
            return parts
        }
    }

    /// Whether a line of the Messages pane has the text: in its topic, its key, its headers, its
    /// payload, or in what is shown of that.
    func matches(_ entry: MessageEntry, _ format: PayloadFormat) -> Bool {
        if case .gap(let topic, let first, let last, let reason) = entry.content {
            return isIn(GapText.line(topic: topic, first: first, last: last, reason: reason))
        }
        if case .note(let text) = entry.content { return isIn(text) }
        if case .skipped(let count) = entry.content { return isIn(MessageText.skipped(count)) }
        return entry.message.map { matches($0, format) } ?? false
    }

    func matches(_ message: ReceivedMessage, _ format: PayloadFormat) -> Bool {
        isIn(message.topic) || message.key.map(isIn) ?? false || isIn(message.payload)
            || message.headers.contains { isIn($0.name) || isIn($0.value) }
            || format != .text && isIn(PayloadText.line(message.payload, message.format(format)))
    }
}
