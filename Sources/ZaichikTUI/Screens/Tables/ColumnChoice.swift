/// Which columns of a table a person has chosen. Of the others there are as many as there is room for, by rank.
struct ColumnChoice<C: Column>: Equatable, Sendable {
    /// Shown before all others.
    private(set) var shown: Set<C> = []
    /// Never shown.
    private(set) var hidden: Set<C> = []

    /// A column as it is, and what the next press makes of it.
    enum State: Equatable {
        /// Where there is room.
        case byRoom
        case shown
        case hidden
    }

    func state(_ column: C) -> State {
        hidden.contains(column) ? .hidden : shown.contains(column) ? .shown : .byRoom
    }

    /// The next of the three; the first column stays.
    mutating func change(_ column: C) {
        switch state(column) {
        case .byRoom: shown.insert(column)
        case .shown:
            shown.remove(column)
            if column != C.allCases[0] { hidden.insert(column) }
        case .hidden: hidden.remove(column)
        }
    }

    /// The columns that may be shown.
    var candidates: [C] { C.allCases.filter { !hidden.contains($0) } }

    /// Smaller ranks stay longest.
    func rank(_ column: C) -> Int { shown.contains(column) ? column.rank - 1000 : column.rank }
}

/// The columns of a pane's table, to choose from.
struct ColumnMenu: Equatable, Sendable {
    let pane: Pane
    private(set) var place = 0
    let count: Int

    init(_ pane: Pane, count: Int) {
        self.pane = pane
        self.count = count
    }

    /// To another column; the last is followed by the first.
    mutating func move(by step: Int) { place = ((place + step) % count + count) % count }
}

extension ColumnChoice {
    /// Reads what ``words(_:)`` wrote; names that are none of a column are passed over.
    init(shown: String, hidden: String) {
        let columns = { (words: String) in
            Set(words.split(separator: " ").compactMap { word in C.allCases.first { "\($0)" == word } })
        }
        self.shown = columns(shown)
        // The first column stays.
        self.hidden = columns(hidden).subtracting(self.shown).subtracting(C.allCases.prefix(1))
    }

    /// The names of columns, in their order.
    func words(_ state: State) -> String {
        C.allCases.filter { self.state($0) == state }.map { "\($0)" }.joined(separator: " ")
    }
}
