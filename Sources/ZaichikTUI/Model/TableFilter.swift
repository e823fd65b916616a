import ZaichikProtocol

/// A condition that rows of a table can be filtered by, such as `state:losing`.
struct RowCondition<Row: TableRow>: Sendable {
    /// A kind and a word. Conditions of one kind are alternatives; those of several must all hold.
    let name: String
    /// The broker sends the rows with most of it first, so that those that matter are among them.
    let figure: Row.C.F?
    let holds: @Sendable (Row) -> Bool

    var kind: Substring { name.prefix { $0 != ":" } }
}

/// What is typed as the filter of a table: conditions, words to leave out, words to take roughly, and text that the broker
/// looks for in the rest.
struct TableFilter<Row: TableRow>: Sendable {
    /// A typed word that has a meaning of its own.
    private struct Term {
        /// As it was typed, in lower case.
        let word: String
        /// Rows for which it holds are left out.
        let isInverse: Bool
        let meaning: Meaning
    }

    private enum Meaning {
        /// The conditions whose names begin with the word.
        case conditions([RowCondition<Row>])
        case text(TextSearch)
        case rough(RoughSearch)
    }

    private let terms: [Term]
    /// The rest, for the broker.
    let text: String
    private let search: TextSearch?

    init(_ typed: String) {
        let kinds = Set(Row.conditions.map { String($0.kind) })
        var terms: [Term] = []
        var rest: [Substring] = []
        for word in typed.split(separator: " ") {
            if let term = Self.term(word, kinds) { terms.append(term) } else { rest.append(word) }
        }
        self.terms = terms
        // Without such words it is taken as it stands, blanks at its ends too.
        text = terms.isEmpty ? typed : rest.joined(separator: " ")
        search = TextSearch(text)
    }

    /// - Returns: nil for a word of the text.
    private static func term(_ typed: Substring, _ kinds: Set<String>) -> Term? {
        let isInverse = typed.first == "!"
        let word = isInverse ? typed.dropFirst() : typed
        let lower = word.lowercased()
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, kinds.contains(parts[0].lowercased()) {
            let conditions = Row.conditions.filter { $0.name.hasPrefix(lower) }
            return Term(word: lower, isInverse: isInverse, meaning: .conditions(conditions))
        }
        if word.first == "~", let rough = RoughSearch(String(word.dropFirst())) {
            return Term(word: lower, isInverse: isInverse, meaning: .rough(rough))
        }
        guard isInverse, let search = TextSearch(String(word)) else { return nil }
        return Term(word: lower, isInverse: true, meaning: .text(search))
    }

    /// Something is judged here, of the rows that the broker sends.
    var hasConditions: Bool { !terms.isEmpty }

    /// Why it cannot be used; nil if it can.
    var problem: String? {
        for term in terms {
            guard case .conditions(let conditions) = term.meaning, conditions.isEmpty else { continue }
            let kind = term.word.prefix { $0 != ":" }
            let known = Row.conditions.filter { $0.kind == kind }.map { $0.name.dropFirst(kind.count + 1) }
            return "there is no '\(term.word)', only " + known.joined(separator: ", ")
        }
        let most = ListQuery<Row.C.F>.longestFilter
        return text.utf8.count > most ? "a filter has at most \(most) bytes" : nil
    }

    /// The figure of which rows with much come first; nil if it does not matter.
    var figure: Row.C.F? { chosen(inverse: false).compactMap(\.figure).first }

    func holds(_ row: Row) -> Bool {
        if let search, !row.texts.contains(where: search.isIn) { return false }
        if chosen(inverse: true).contains(where: { $0.holds(row) }) { return false }
        for term in terms {
            switch term.meaning {
            case .conditions: break
            case .text(let search):
                if row.texts.contains(where: search.isIn) == term.isInverse { return false }
            case .rough(let search):
                if row.texts.contains(where: search.isIn) == term.isInverse { return false }
            }
        }
        let kinds = Dictionary(grouping: chosen(inverse: false), by: \.kind)
        return kinds.values.allSatisfy { alternatives in alternatives.contains { $0.holds(row) } }
    }

    private func chosen(inverse: Bool) -> [RowCondition<Row>] {
        terms.flatMap { term -> [RowCondition<Row>] in
            if case .conditions(let conditions) = term.meaning, term.isInverse == inverse { conditions } else { [] }
        }
    }
}

extension ClientStatistics {
    /// It has lag, or loses messages. The lag of the header is the sum over just these clients.
    var isBehind: Bool { self[.lagMessages] > 0 || state == .losing }

    static let conditions: [RowCondition<ClientStatistics>] =
        [RowCondition(name: "is:behind", figure: .severity, holds: \.isBehind)]
        + ClientState.allCases.map { state in
            let name = "state:" + state.description.replacing(" ", with: "-")
            return RowCondition(name: name, figure: state.leadingFigure) { $0.state == state }
        }

    /// The texts in which the broker looks for a filter.
    var texts: [String] { [name, program, host, address, session] }
}

extension ClientState {
    /// The figure of which clients in this state have most.
    fileprivate var leadingFigure: ClientFigure? {
        switch self {
        case .losing: .severity
        case .draining, .fallingBehind, .commitsStopped, .paused, .notReading, .windowTooSmall, .poisoned: .lagMessages
        case .publishing, .blocked: .publishedMessages
        case .absent: .absentSince
        case .idle, .keepingUp: nil
        }
    }
}

extension TopicStatistics {
    static let conditions = [
        RowCondition<TopicStatistics>(name: "is:behind", figure: .heldBytes) { $0[.heldBytes] > 0 },
        RowCondition<TopicStatistics>(name: "is:dropping", figure: .dropRate) { $0[.dropRate] > 0 },
        RowCondition<TopicStatistics>(name: "is:blocking", figure: .blockedPublishers) { $0[.blockedPublishers] > 0 },
        RowCondition<TopicStatistics>(name: "is:unread", figure: nil) { $0[.subscribers] == 0 },
    ]

    var texts: [String] { [name] }
}
