import ZaichikProtocol
import ZaichikWords

/// A row of a ``Table``.
protocol TableRow: Equatable, Sendable {
    associatedtype ID: Hashable & Sendable
    associatedtype C: Column

    /// Identifies the row while rows move.
    var rowID: ID { get }

    /// Whether a row stands above another one.
    static func isAbove(_ left: Self, _ right: Self, sort: C, descending: Bool) -> Bool

    /// The conditions that a filter may name.
    static var conditions: [RowCondition<Self>] { get }
    /// The texts in which the broker looks for a filter.
    var texts: [String] { get }
    /// The texts in which a search looks: those, and the words that the row shows.
    var searched: [String] { get }
    /// Everything that the broker sent of it.
    var json: JSONObject { get }
}

extension TableRow {
    var searched: [String] { texts }
}

typealias ClientTable = Table<ClientStatistics>

extension ClientStatistics: TableRow {
    var rowID: UInt64 { id }

    static func isAbove(_ left: Self, _ right: Self, sort: ClientColumn, descending: Bool) -> Bool {
        let order = compare(left, right, by: sort)
        guard order == 0 else { return descending ? order > 0 : order < 0 }
        // Of those that are level, the ones that have a queue come first.
        return left.hasQueue == right.hasQueue ? left.id < right.id : left.hasQueue
    }

    private static func compare(_ left: Self, _ right: Self, by column: ClientColumn) -> Int {
        switch column {
        case .name: left.name < right.name ? -1 : left.name == right.name ? 0 : 1
        case .state, .lag, .lost, .trend, .bytes, .oldest, .published, .delivered, .inFlight, .topics:
            column.figure.map { left[$0] < right[$0] ? -1 : left[$0] == right[$0] ? 0 : 1 } ?? 0
        }
    }

    var searched: [String] { texts + [StateText.word(state)] }

    /// Whether lag means anything for it.
    var hasQueue: Bool { self[.subscriptions] > 0 || self[.lagMessages] > 0 }
}

typealias TopicTable = Table<TopicStatistics>

extension TopicStatistics: TableRow {
    var rowID: String { name }

    static func isAbove(_ left: Self, _ right: Self, sort: TopicColumn, descending: Bool) -> Bool {
        guard let figure = sort.figure, left[figure] != right[figure] else {
            // Equal rows stay in the order of their names, whichever way the others go.
            return sort == .name && descending ? left.name > right.name : left.name < right.name
        }
        return descending ? left[figure] > right[figure] : left[figure] < right[figure]
    }
}
