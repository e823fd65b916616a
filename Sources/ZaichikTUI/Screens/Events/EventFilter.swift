import ZaichikWords

/// What is typed as the filter of the events: `type:gap`, `level:notice`, `!text` and text, all of which must hold. Of
/// several types each is welcome.
struct EventFilter: Equatable, Sendable {
    /// As it was typed.
    let typed: String
    private let types: [String]
    /// nil: all levels.
    private let level: Int?
    private let wanted: [TextSearch]
    private let unwanted: [TextSearch]
    /// Why it cannot be used; nil if it can.
    let problem: String?

    /// From the least to the most important.
    static let levels = ["debug", "info", "notice", "warning"]
    static let hint = "text, !text, type:gap, level:notice"

    init(_ typed: String) {
        self.typed = typed
        var types: [String] = []
        var level: Int?
        var problem: String?
        var wanted: [TextSearch] = []
        var unwanted: [TextSearch] = []
        for word in typed.split(separator: " ").map(String.init) {
            let lower = word.lowercased()
            if lower.hasPrefix("type:") {
                types += lower.dropFirst(5).split(separator: ",").map(String.init)
            } else if lower.hasPrefix("level:") {
                let name = lower.dropFirst(6)
                level = Self.levels.firstIndex { !name.isEmpty && $0.hasPrefix(name) }
                if level == nil, !name.isEmpty {
                    problem = "there is no level '\(name)', only " + Self.levels.joined(separator: ", ")
                }
            } else if word.hasPrefix("!") {
                if let search = TextSearch(String(word.dropFirst())) { unwanted.append(search) }
            } else if let search = TextSearch(word) {
                wanted.append(search)
            }
        }
        (self.types, self.level, self.problem) = (types, level, problem)
        (self.wanted, self.unwanted) = (wanted, unwanted)
    }

    var isEmpty: Bool { typed.isEmpty }

    func holds(_ entry: EventEntry) -> Bool {
        let report = entry.report
        if !types.isEmpty, !types.contains(where: { report.name.hasPrefix($0) }) { return false }
        if let level, (Self.levels.firstIndex(of: report.level) ?? Self.levels.count) < level { return false }
        func has(_ search: TextSearch) -> Bool {
            search.isIn(report.name) || search.isIn(entry.subject) || search.isIn(entry.text)
        }
        return wanted.allSatisfy(has) && !unwanted.contains(where: has)
    }

    /// The same filter with the next level as the least, from all to warnings and back to all.
    func withNextLevel() -> EventFilter {
        let words = typed.split(separator: " ").filter { !$0.lowercased().hasPrefix("level:") }.map(String.init)
        let next = (level ?? 0) + 1
        return EventFilter(
            (next < Self.levels.count ? words + ["level:" + Self.levels[next]] : words).joined(separator: " "))
    }
}
