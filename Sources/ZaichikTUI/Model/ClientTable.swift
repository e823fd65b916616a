import ZaichikProtocol

typealias ClientTable = Table<ClientStatistics, UInt64, ClientColumn>

extension ClientTable {
    mutating func sortRows() {
        let sort = sort
        let descending = descending
        rows.sort { left, right in
            let order = Self.compare(left, right, by: sort)
            guard order == 0 else { return descending ? order > 0 : order < 0 }
            // Of those that are level, the ones that have a queue come first.
            return left.hasQueue == right.hasQueue ? left.id < right.id : left.hasQueue
        }
    }

    private static func compare(_ left: ClientStatistics, _ right: ClientStatistics, by column: ClientColumn) -> Int {
        switch column {
        case .name: left.name < right.name ? -1 : left.name == right.name ? 0 : 1
        case .state: Int(left.state.rawValue) - Int(right.state.rawValue)
        default:
            column.figure.map { left[$0] < right[$0] ? -1 : left[$0] == right[$0] ? 0 : 1 } ?? 0
        }
    }
}

extension ClientStatistics {
    /// Whether lag means anything for it.
    var hasQueue: Bool { self[.subscriptions] > 0 || self[.lagMessages] > 0 }
}

typealias TopicTable = Table<TopicStatistics, String, TopicColumn>

extension TopicTable {
    mutating func sortRows() {
        let sort = sort
        let descending = descending
        rows.sort { left, right in
            guard let figure = sort.figure, left[figure] != right[figure] else {
                // Equal rows stay in the order of their names, whichever way the others go.
                return sort == .name && descending ? left.name > right.name : left.name < right.name
            }
            return descending ? left[figure] > right[figure] : left[figure] < right[figure]
        }
    }
}
