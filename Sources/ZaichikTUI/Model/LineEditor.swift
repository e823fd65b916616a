/// Text that is being typed, with a cursor.
struct LineEditor: Equatable, Sendable {
    private(set) var characters: [Character] = []
    private(set) var cursor = 0
    /// Of the text, in UTF-8.
    private(set) var bytes = 0

    init(_ text: String = "") {
        self.text = text
    }

    var text: String {
        get { String(characters) }
        set {
            characters = Array(newValue)
            cursor = characters.count
            bytes = newValue.utf8.count
        }
    }

    var isEmpty: Bool { characters.isEmpty }

    /// Inserts as much of a text as there is room for.
    ///
    /// - Parameter limit: The most bytes that the whole may have.
    /// - Returns: Whether all of it was inserted.
    @discardableResult
    mutating func insert(_ text: String, limit: Int = .max) -> Bool {
        var fitting = text
        if text.utf8.count > limit - bytes {
            var cut = text.utf8.index(text.startIndex, offsetBy: max(0, limit - bytes))
            while String.Index(cut, within: text) == nil { cut = text.utf8.index(before: cut) }
            fitting = String(text[..<cut])
        }
        // Inserted text may join with its neighbours: e and an accent are one character.
        let start = max(0, cursor - 1)
        let end = min(characters.count, cursor + 1)
        let left = String(characters[start..<cursor]) + fitting
        let joined = Array(left + String(characters[cursor..<end]))
        characters.replaceSubrange(start..<end, with: joined)
        cursor = min(start + left.count, start + joined.count)
        bytes += fitting.utf8.count
        return fitting.utf8.count == text.utf8.count
    }

    enum Step: Sendable { case left, right, start, end }

    mutating func move(_ step: Step) {
        switch step {
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .start: cursor = 0
        case .end: cursor = characters.count
        }
    }

    enum Removal: Sendable { case characterBefore, characterAfter, wordBefore, all }

    mutating func remove(_ removal: Removal) {
        switch removal {
        case .characterBefore: remove(max(0, cursor - 1)..<cursor)
        case .characterAfter: remove(cursor..<min(characters.count, cursor + 1))
        case .wordBefore:
            var start = cursor
            while start > 0, characters[start - 1].isWhitespace { start -= 1 }
            while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
            remove(start..<cursor)
        case .all: text = ""
        }
    }

    private mutating func remove(_ range: Range<Int>) {
        bytes -= characters[range].reduce(0) { $0 + $1.utf8.count }
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    /// The part that a box shows, before and after a place, so that a long text costs no more than a short one.
    ///
    /// - Parameters:
    ///   - place: The cursor's, or 0 for the beginning.
    ///   - reach: How many characters the box can show at most.
    func part(around place: Int, reach: Int) -> (before: String, after: String) {
        // The beginning moves in large steps: lines must not be broken anew with each character.
        let start = max(0, place - place % reach - reach)
        return (String(characters[start..<place]), String(characters[place..<min(characters.count, place + reach)]))
    }
}
