import ZaichikProtocol

/// Something that is listed under a name.
protocol Listed {
    /// The name, by which rows with equal figures are sorted.
    var listName: String { get }
    /// An id that tells rows of one name apart; never reused.
    var listID: UInt64 { get }
}

extension Topic: Listed {
    var listName: String { name.string }
    var listID: UInt64 { UInt64(id) }
}

extension ClientStatistics: Listed {
    var listName: String { name }
    var listID: UInt64 { id }
}

/// The order of a list: by a figure, and by name where figures are equal.
struct ListOrder: Equatable {
    /// Whether large figures come first.
    var figuresFall = false
    var namesFall = false

    init<F: Figure>(_ query: ListQuery<F>) {
        if query.sort == nil { namesFall = query.descending } else { figuresFall = query.descending }
    }

    /// - Returns: A number that is smaller for rows that come earlier.
    func key(of figure: UInt64) -> UInt64 { figuresFall ? ~figure : figure }
    /// The other way round.
    func figure(of key: UInt64) -> UInt64 { figuresFall ? ~key : key }

    /// Whether the first of two rows comes earlier.
    func precedes(
        _ first: (key: UInt64, name: String, id: UInt64), _ second: (key: UInt64, name: String, id: UInt64)
    )
        -> Bool
    {
        if first.key != second.key { return first.key < second.key }
        if first.name < second.name { return !namesFall }
        if second.name < first.name { return namesFall }
        return first.id < second.id
    }
}

/// A row, and the keys that decide its position in a list.
struct Ranked<Row: Listed> {
    /// Of the figure that the list is sorted by; see ``ListOrder/key(of:)``.
    var key: UInt64
    var order: ListOrder
    var row: Row

    /// The figure that the list is sorted by, as it was when the row was ranked.
    var figure: UInt64 { order.figure(of: key) }
}

extension Ranked: Comparable {
    static func < (first: Ranked, second: Ranked) -> Bool {
        first.order.precedes(
            (first.key, first.row.listName, first.row.listID), (second.key, second.row.listName, second.row.listID))
    }

    static func == (first: Ranked, second: Ranked) -> Bool {
        first.key == second.key && first.row.listID == second.row.listID
    }
}

extension Ranked: Sendable where Row: Sendable {}

/// The answer to a query: its first rows, in order, and how many match in all.
struct Listing<Row: Listed> {
    var rows: RowParts<Ranked<Row>> = []
    var matching = 0
}

extension Listing: Sendable where Row: Sendable {}
