import DequeModule
import ZaichikWords

extension EventLog {
    /// Searches while it is typed: goes to the newest match that is not below the event where it began.
    ///
    /// - Parameter origin: The event with the cursor when it began; nil if the newest was followed.
    /// - Returns: Which of the matches it is, such as `2 of 9`; nil if there is none.
    mutating func search(for text: String, from origin: UInt64?, height: Int) -> String? {
        search = TextSearch(text)
        goBack(to: origin, height: height)
        guard let start = cursor, let found = match(from: start, older: true) else { return nil }
        if found != start { select(found, height: height) }
        return place(ofMatch: found)
    }

    /// Ends a search, and goes back to the event where it began.
    mutating func cancelSearch(_ origin: UInt64?, height: Int) {
        search = nil
        goBack(to: origin, height: height)
    }

    /// Goes to the next match, once around.
    ///
    /// - Returns: What to say of it.
    mutating func nextMatch(older: Bool, height: Int) -> String {
        guard let search else { return "nothing is searched for: press / in Events" }
        let count = shown.count
        guard let cursor, let found = match(from: (cursor + (older ? count - 1 : 1)) % count, older: older) else {
            return "'\(search.text)' is in none of the events here"
        }
        select(found, height: height)
        if found == cursor { return "there is no other match" }
        let turn = older == (found < cursor) ? "" : ": the search went on at the \(older ? "newest" : "oldest")"
        return "match \(place(ofMatch: found))\(turn)"
    }

    private mutating func goBack(to origin: UInt64?, height: Int) {
        if let origin { select(place(of: origin), height: height) } else { follow() }
    }

    private func matches(_ entry: EventEntry) -> Bool {
        guard let search else { return false }
        return search.isIn(entry.report.name) || search.isIn(entry.subject) || search.isIn(entry.text)
    }

    /// The first match from a place on, once around.
    private func match(from start: Int, older: Bool) -> Int? {
        let count = shown.count
        return (0..<count).lazy.map { step in (start + (older ? count - step : step)) % count }
            .first { matches(shown[$0]) }
    }

    /// The place of a match among all, the newest being the first.
    private func place(ofMatch line: Int) -> String {
        var (newer, count) = (0, 0)
        for (index, entry) in shown.enumerated() where matches(entry) {
            count += 1
            if index >= line { newer += 1 }
        }
        return "\(newer) of \(count)"
    }
}
