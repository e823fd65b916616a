import ZaichikProtocol

typealias ClientTable = Table<ClientStatistics, UInt64, ClientColumn>

extension ClientTable {
    mutating func sortRows() {
        let sort = sort
        let descending = descending
        rows.sort { left, right in
            let order = Self.compare(left, right, by: sort)
            if order == 0 { return left.id < right.id }
            return descending ? order > 0 : order < 0
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
