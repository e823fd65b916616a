import ZaichikProtocol
import ZaichikWords

/// A row of a ``Table``.
protocol TableRow: Equatable, Sendable {
    associatedtype ID: Hashable & Sendable
    associatedtype C: Column

    /// Identifies the row while rows move.
    var rowID: ID { get }

    /// Whether a row stands above another one.
    ///
    /// - Parameter figure: What the column shows: a rate, or its total; nil for texts.
    static func isAbove(_ left: Self, _ right: Self, sort: C, by figure: C.F?, descending: Bool) -> Bool

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

    static func isAbove(
        _ left: Self, _ right: Self, sort: ClientColumn, by figure: ClientFigure?, descending: Bool
    ) -> Bool {
        let order = compare(left, right, by: sort, figure)
        guard order == 0 else { return descending ? order > 0 : order < 0 }
        // Of those that are level, the ones that have a queue come first.
        return left.hasQueue == right.hasQueue ? left.id < right.id : left.hasQueue
    }

    private static func compare(_ left: Self, _ right: Self, by column: ClientColumn, _ figure: ClientFigure?) -> Int {
        if column == .state, left.severity != right.severity { return left.severity < right.severity ? -1 : 1 }
        guard let figure else { return left.name < right.name ? -1 : left.name == right.name ? 0 : 1 }
        return left[figure] < right[figure] ? -1 : left[figure] == right[figure] ? 0 : 1
    }

    /// Losses are the worst, then clients that wait, then those that stand still; the others are as bad as their lag.
    private var severity: Int {
        switch state {
        case .losing: 3
        case .blocked: 2
        case .commitsStopped, .notReading, .poisoned: 1
        case .idle, .publishing, .keepingUp, .draining, .fallingBehind, .paused, .absent, .windowTooSmall: 0
        }
    }

    var searched: [String] { texts + [StateText.word(state)] }

    /// Whether lag means anything for it.
    var hasQueue: Bool { self[.subscriptions] > 0 || self[.lagMessages] > 0 }
}

typealias TopicTable = Table<TopicStatistics>

extension TopicStatistics: TableRow {
    var rowID: String { name }

    static func isAbove(
        _ left: Self, _ right: Self, sort: TopicColumn, by figure: TopicFigure?, descending: Bool
    ) -> Bool {
        guard let figure, left[figure] != right[figure] else {
            // Equal rows stay in the order of their names, whichever way the others go.
            return sort == .name && descending ? left.name > right.name : left.name < right.name
        }
        return descending ? left[figure] > right[figure] : left[figure] < right[figure]
    }
}
