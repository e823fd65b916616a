/// The meaning of a text, not its look: views name roles, and a ``Theme`` has their styles.
enum Role: Hashable, Sendable {
    case text
    /// Secondary text: labels, hints, zeros.
    case quiet
    case strong
    case header
    case headerLabel
    /// A figure that is no longer certain.
    case headerOld
    case headerGood
    case headerWarning
    case headerBad
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
    /// A session to which no connection is attached.
    case absent
    /// Messages are lost: the loudest of all.
    case losing
    /// This program's own row.
    case own
    case sparkline
    case key
    case keyText
    case tab
    case tabFocused
    case field
    case fieldFocused
    /// The part of a field that typing replaces.
    case fieldSelected
    /// An example in an empty field.
    case placeholder
    case noticeGood
    case noticeBad
    case gap
    /// A place that was searched for.
    case match
    /// A topic's colour; any number.
    case topic(Int)
    case paused
    /// The name of a profile, in the colour that it was given.
    case profile(ProfileColor)
    // Of data such as JSON: a member's name, a text, a number, and a word such as true.
    case dataName, dataText, dataNumber, dataWord
}
