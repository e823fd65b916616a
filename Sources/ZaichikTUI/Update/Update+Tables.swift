import ZaichikWords

extension Model {
    mutating func performTable(_ action: Action) -> [Effect] {
        if case .columns(let menu) = overlay {
            if action == .changeColumn { (menu.pane.content as? any TablePane.Type)?.changeColumn(&self, menu.place) }
            return []
        }
        guard let table = focus.content as? any TablePane.Type else { return [] }
        switch action {
        case .sortLeft: return table.changeSort(&self, by: -1)
        case .sortRight: return table.changeSort(&self, by: 1)
        case .reverse: return table.reverse(&self)
        case .filter: prompt = Prompt(.filter(focus), text: table.filter(self))
        case .onlyBehind: return table.toggleBehind(&self)
        case .mark: table.toggleMark(&self, rows: area(of: focus).pageHeight)
        case .chooseColumns: overlay = .columns(ColumnMenu(focus, count: table.columnLines(self).count))
        case .toggleTotals: return table.toggleTotals(&self)
        default: break
        }
        return []
    }

    mutating func performColumnMove(_ action: Action) -> [Effect] {
        guard case .columns(var menu) = overlay else { return [] }
        switch action {
        case .up: menu.move(by: -1)
        case .down: menu.move(by: 1)
        case .pageUp, .top: menu.move(by: -menu.place)
        case .pageDown, .bottom: menu.move(by: menu.count - 1 - menu.place)
        default: break
        }
        overlay = .columns(menu)
        return []
    }

    /// Copies what is under the cursor: a row's name, or what a list has there.
    mutating func copyRow(_ now: Moment) -> [Effect] {
        let text = list.map(ListText.copied) ?? (focus.content as? any TablePane.Type)?.copied(self) ?? ""
        guard !text.isEmpty else {
            say("nothing to copy here", now)
            return []
        }
        let beginning = TextWidth.cut(SafeText.escaped(text), to: 60)
        say("copied: \(beginning)", now)
        return [.copy(text)]
    }

    /// Whether the table with the focus shows totals in place of rates.
    var showsTotals: Bool { (focus.content as? any TablePane.Type)?.showsTotals(self) ?? false }
}
