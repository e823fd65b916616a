// Searching moves the cursor among the rows that are here; filtering leaves rows out.
extension TablePane {
    static func search(_ model: Model) -> TextSearch? { model[keyPath: table].search }

    /// The row with the cursor; nil if it is on none.
    static func cursor(_ model: Model) -> Int? { model[keyPath: table].selectedIndex }

    static func hasMarks(_ model: Model) -> Bool { !model[keyPath: table].marked.isEmpty }

    static func endSearch(_ model: inout Model) { model[keyPath: table].search = nil }

    /// Goes to the first row with a text, from a row on, once around.
    ///
    /// - Parameter origin: The row with the cursor when the search began; nil if there was none.
    /// - Returns: The place of the match among all, such as `1 of 17`; nil if there is none.
    static func search(_ model: inout Model, for text: String, from origin: Int?) -> String? {
        model[keyPath: table].search = TextSearch(text)
        let height = rowsSeen(model)
        guard let match = match(model, from: origin ?? 0, step: 1) else {
            model[keyPath: table].select(origin, height: height)
            return nil
        }
        model[keyPath: table].select(match, height: height)
        return place(of: match, model)
    }

    /// Goes to the next match.
    ///
    /// - Parameter step: 1 downwards, -1 upwards.
    /// - Returns: What to say of it.
    static func nextMatch(_ model: inout Model, step: Int) -> String {
        guard let search = search(model) else { return "nothing is searched for: press / to search" }
        let rows = model[keyPath: table].rows
        let cursor = model[keyPath: table].selectedIndex ?? (step > 0 ? -1 : rows.count)
        guard !rows.isEmpty, let match = match(model, from: cursor + step, step: step) else {
            return "'\(search.text)' is in none of the \(noun)s here"
        }
        model[keyPath: table].select(match, height: rowsSeen(model))
        if match == cursor { return "there is no other match" }
        let isRound = (match < cursor) == (step > 0) && cursor >= 0 && cursor < rows.count
        let turn = isRound ? ": the search went on at the \(step > 0 ? "top" : "bottom")" : ""
        return "match \(place(of: match, model))\(turn)"
    }

    /// Marks the places that match in a row that is drawn.
    static func markMatches(_ model: Model, in row: Rect, _ painter: inout Painter) {
        if let search = search(model) { painter.mark(search, in: row) }
    }

    private static func rowsSeen(_ model: Model) -> Int { model.area(of: Pane(self)).pageHeight }

    private static func matches(_ row: Row, _ search: TextSearch) -> Bool { row.searched.contains(where: search.isIn) }

    private static func match(_ model: Model, from start: Int, step: Int) -> Int? {
        let rows = model[keyPath: table].rows
        guard let search = search(model), !rows.isEmpty else { return nil }
        return rows.indices.lazy
            .map { ((start + $0 * step) % rows.count + rows.count) % rows.count }
            .first { matches(rows[$0], search) }
    }

    private static func place(of index: Int, _ model: Model) -> String {
        guard let search = search(model) else { return "" }
        let matches = model[keyPath: table].rows.indices.filter { self.matches(model[keyPath: table].rows[$0], search) }
        return "\((matches.firstIndex(of: index) ?? 0) + 1) of \(matches.count)"
    }
}
