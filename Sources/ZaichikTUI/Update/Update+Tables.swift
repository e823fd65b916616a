extension Model {
    mutating func performTable(_ action: Action) -> [Effect] {
        switch action {
        case .sortLeft: sortTable(clients: { $0.changeSort(by: -1) }, topics: { $0.changeSort(by: -1) })
        case .sortRight: sortTable(clients: { $0.changeSort(by: 1) }, topics: { $0.changeSort(by: 1) })
        case .reverse: sortTable(clients: { $0.descending.toggle() }, topics: { $0.descending.toggle() })
        case .filter:
            prompt = Prompt(.filter(focus), text: focus == .clients ? clients.filter : topics.filter)
            return []
        default: return []
        }
        return [.link(.watch(watchRequest))]
    }

    /// The broker sorts too, for it sends only the first rows; what is here already is sorted at once.
    private mutating func sortTable(
        clients change: (inout ClientTable) -> Void, topics other: (inout TopicTable) -> Void
    ) {
        if focus == .clients {
            change(&clients)
            clients.sortRows()
        } else {
            other(&topics)
            topics.sortRows()
        }
        keepSelectionsSeen()
    }
}
