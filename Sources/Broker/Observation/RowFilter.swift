/// Decides which rows a query wants: those with a text in their name, ignoring case.
///
/// The text is folded once and searched for by bytes. Each byte is examined a bounded number of times, however
/// repetitive text and names are, and a name of ASCII is folded on the way.
struct RowFilter {
    private let text: [UInt8]
    /// For each byte of `text`: how much of `text` still matches when it matched and the one after it does not
    /// (Knuth, Morris, Pratt).
    private let fallback: [UInt16]

    init(_ text: String) {
        self.text = Array(text.lowercased().utf8)
        var fallback: [UInt16] = []
        var matched = 0
        for (place, byte) in self.text.enumerated() {
            if place > 0 { matched = Self.advance(matched, byte, in: self.text, fallback) }
            fallback.append(UInt16(matched))
        }
        self.fallback = fallback
    }

    /// Whether every row matches.
    var isEmpty: Bool { text.isEmpty }

    func matches(_ name: String, _ budget: inout StepBudget) -> Bool {
        let bytes = name.utf8
        return matches(bytes.span, &budget)
    }

    func matches(_ name: Span<UInt8>, _ budget: inout StepBudget) -> Bool {
        budget.spend(StepBudget.name)
        guard !text.isEmpty else { return true }
        budget.spend(name.count)
        var matched = 0
        for place in name.indices {
            let byte = name[place]
            guard byte < 0x80 else { return matchesFolded(name, &budget) }
            matched = Self.advance(matched, Self.folded(byte), in: text, fallback)
            if matched == text.count { return true }
        }
        return false
    }

    /// Folds scalar by scalar, as text in other scripts needs it.
    private func matchesFolded(_ name: Span<UInt8>, _ budget: inout StepBudget) -> Bool {
        budget.spend(name.count * StepBudget.foldedByte)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.count)
        for place in name.indices { bytes.append(name[place]) }
        var matched = 0
        for byte in String(decoding: bytes, as: UTF8.self).lowercased().utf8 {
            matched = Self.advance(matched, byte, in: text, fallback)
            if matched == text.count { return true }
        }
        return false
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// - Returns: How much of the text matches after one more byte.
    private static func advance(_ matched: Int, _ byte: UInt8, in text: [UInt8], _ fallback: [UInt16]) -> Int {
        var matched = matched
        while matched > 0, text[matched] != byte { matched = Int(fallback[matched - 1]) }
        return text[matched] == byte ? matched + 1 : matched
    }
}
