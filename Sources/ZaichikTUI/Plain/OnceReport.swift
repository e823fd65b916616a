import ZaichikProtocol

/// One screen as text or as JSON, for a pipe.
enum OnceReport {
    /// More lines are not printed.
    private static let mostLines = 600

    /// The pane by a word of the command line: the beginning of its name, or its number; nil if there is none.
    static func pane(_ word: String, in table: PaneTable) -> Pane? {
        let word = word.lowercased()
        return table.panes.first { $0.name.lowercased() == word }
            ?? table.panes.first { !word.isEmpty && $0.name.lowercased().hasPrefix(word) }
            ?? Int(word).flatMap { table.panes.indices.contains($0 - 1) ? table.panes[$0 - 1] : nil }
    }

    /// The pane with all its lines, without its frame.
    static func text(_ model: Model, _ pane: Pane, columns: Int, theme: Theme, now: Moment) -> [String] {
        var model = model
        model.overlay = nil
        model.prompt = nil
        model.notice = nil
        model.size = Size(width: max(columns + 2, ScreenLayout.minimum.width), height: mostLines)
        model.show(pane)
        model.panes.isZoomed = true
        model.keepCursorsSeen()
        let screen = RootView.screen(model, theme: theme, now: now).buffer
        var lines = screen.text(in: model.area(of: pane).inside)
        while lines.last?.isEmpty == true { lines.removeLast() }
        let title = [pane.name] + pane.content.title(model).map(\.text)
        return [title.joined(separator: " · ")] + lines
    }

    /// An object on one line: the rows of a table with all figures, else the lines of the screen.
    static func json(_ model: Model, _ pane: Pane, columns: Int, theme: Theme, now: Moment) -> String {
        var object = JSONObject()
        object.set("screen", pane.name.lowercased())
        object.set("broker", model.broker.address)
        object.set("time", model.broker.time)
        if let figures = model.broker.figures {
            var totals = JSONObject()
            totals.set(figures)
            object.set("totals", totals)
        }
        if let rows = pane.content.rows(model) {
            object.set("rows", rows)
        } else {
            object.set("lines", Array(text(model, pane, columns: columns, theme: theme, now: now).dropFirst()))
        }
        return object.text
    }
}

extension ClientStatistics {
    var json: JSONObject {
        var object = JSONObject()
        object.set("id", id)
        for (member, text) in [
            ("name", name), ("program", program), ("version", version), ("host", host), ("pid", pid),
            ("address", address), ("session", session), ("state", state.description),
        ] { object.set(member, text) }
        object.set(figures)
        return object
    }
}

extension TopicStatistics {
    var json: JSONObject {
        var object = JSONObject()
        object.set("id", UInt64(id))
        object.set("name", name)
        object.set(figures)
        return object
    }
}
