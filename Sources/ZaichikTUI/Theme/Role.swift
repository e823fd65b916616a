/// What a text is, not how it looks: views name roles, a ``Theme`` has their styles.
enum Role: Hashable, Sendable {
    case text
    /// Beside the point: labels, hints, zeros.
    case quiet
    case strong
    case header
    case headerLabel
    case border
    case borderFocused
    case title
    case titleFocused
    case columnTitle
    case columnSorted
    case selection
    case selectionFocused
    case good
    case warning
    case bad
    /// This program's own row.
    case own
    case sparkline
    case key
    case keyText
    case tab
    case tabFocused
    case field
    case fieldFocused
    /// In a field, what typing replaces.
    case fieldSelected
    /// In an empty field: what could stand there.
    case placeholder
    case noticeGood
    case noticeBad
    case gap
    /// A topic's colour; any number.
    case topic(Int)
    case paused
}
