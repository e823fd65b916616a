/// Letters that are looked for in their order, with anything between them; upper and lower case are alike.
struct RoughSearch: Equatable, Sendable {
    private let letters: [Character]

    /// - Returns: nil if there is nothing to look for.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        letters = Array(text.lowercased())
    }

    func isIn(_ text: String) -> Bool {
        var left = letters[...]
        for letter in text.lowercased() where letter == left.first {
            left.removeFirst()
            if left.isEmpty { return true }
        }
        return false
    }
}
