import ZaichikProtocol

/// A column of a table: its title, its width, and when it is left out for lack of room.
protocol Column: CaseIterable, Hashable, Sendable where AllCases == [Self] {
    var title: String { get }
    /// Columns of the screen, without the gap to the next one.
    var width: Int { get }
    /// The width to which it shrinks on the narrowest screens, before one of the ``coreCount`` columns is left out.
    var narrowest: Int { get }
    var isNumber: Bool { get }
    /// How many columns, by rank, stay as long as they fit when shrunk.
    static var coreCount: Int { get }
    /// How many columns, by rank, come before the growing ones are as wide as they are at best.
    static var basicCount: Int { get }
    /// The columns of the screen that the growing ones want besides their own width before more columns come.
    static var comfort: Int { get }
    /// Columns with a greater rank are left out first.
    var rank: Int { get }
    /// Whether rows can be sorted by it.
    var isSortable: Bool { get }

    associatedtype F: Figure
    /// The figure by which the broker sorts for it; nil: by name.
    var figure: F? { get }
    /// The total that can be shown in place of its rate; nil if it is no rate.
    var total: F? { get }
    /// Its title with the total.
    var totalTitle: String { get }
    /// What it shows, where columns are chosen.
    var help: String { get }
}

extension Column {
    static var coreCount: Int { 3 }
    var narrowest: Int { width }
    var total: F? { nil }
    var totalTitle: String { title }
}
