extension Model {
    mutating func performTable(_ action: Action) -> [Effect] {
        guard let table = focus.content as? any TablePane.Type else { return [] }
        switch action {
        case .sortLeft: return table.changeSort(&self, by: -1)
        case .sortRight: return table.changeSort(&self, by: 1)
        case .reverse: return table.reverse(&self)
        case .filter: prompt = Prompt(.filter(focus), text: table.filter(self))
        case .onlyBehind: return table.toggleBehind(&self)
        default: break
        }
        return []
    }
}
