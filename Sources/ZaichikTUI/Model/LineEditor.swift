/// Text that is being typed, with a cursor.
struct LineEditor: Equatable, Sendable {
    private(set) var characters: [Character] = []
    private(set) var cursor = 0

    init(_ text: String = "") {
        self.text = text
    }

    var text: String {
        get { String(characters) }
        set {
            characters = Array(newValue)
            cursor = characters.count
        }
    }

    /// The text to the left of the cursor.
    var before: String { String(characters[..<cursor]) }

    mutating func insert(_ text: String) {
        // Inserted text may join with its neighbours: e and an accent are one character.
        let left = before + text
        let right = String(characters[cursor...])
        characters = Array(left + right)
        cursor = min(Array(left).count, characters.count)
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
        case .characterBefore:
            guard cursor > 0 else { return }
            cursor -= 1
            characters.remove(at: cursor)
        case .characterAfter:
            guard cursor < characters.count else { return }
            characters.remove(at: cursor)
        case .wordBefore:
            var start = cursor
            while start > 0, characters[start - 1].isWhitespace { start -= 1 }
            while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
            characters.removeSubrange(start..<cursor)
            cursor = start
        case .all:
            characters = []
            cursor = 0
        }
    }
}
