/// The acts of one client, session or topic, to choose from.
struct ActMenu: Equatable {
    var target: ActTarget
    private(set) var selected = 0

    init(target: ActTarget) { self.target = target }

    var items: [ActItem] { ActItem.items(for: target) }
    var chosen: ActItem { items[selected] }

    /// To another act; beyond the last one is the first.
    mutating func move(by step: Int) { selected = (selected + step + items.count) % items.count }
}

/// What lies over everything else while an act is chosen or confirmed.
enum ActDialog: Equatable {
    case menu(ActMenu)
    case rehearsal(ActRehearsal)
}
