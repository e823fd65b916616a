import ZaichikWords

/// The places of a form of settings: a box in the middle of what the panes have.
struct SettingsArea: Equatable {
    let frame: Rect
    let inside: Rect

    init(_ body: Rect, fields: Int) {
        let width = min(body.width, 92)
        let height = min(body.height, fields + 7)
        frame = Rect(
            x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width: width, height: height)
        inside = frame.inset(columns: 2, rows: 1)
    }

    /// How many fields are seen, and the first of them.
    func seen(_ fields: Int, place: Int) -> Range<Int> {
        let rows = max(1, min(fields, inside.height - (inside.height > 6 ? 4 : inside.height > 2 ? 1 : 0)))
        let first = min(max(0, place - rows + 1), fields - rows)
        return first..<first + rows
    }

    /// The field in a row.
    func field(atRow y: Int, _ form: SettingsForm) -> Int? {
        let seen = seen(form.fields.count, place: form.place)
        let index = y - inside.y + seen.lowerBound
        return seen.contains(index) ? index : nil
    }
}

/// Draws the settings of a topic or a session as fields.
enum SettingsView {
    private static let labelWidth = 17
    private static let boxWidth = 18

    static func draw(_ form: SettingsForm, in body: Rect, _ painter: inout Painter) {
        let area = SettingsArea(body, fields: form.fields.count)
        painter.fill(area.frame, .text)
        painter.frame(
            area.frame, title: [Span(title(form)), Span("Enter does it, Esc leaves it", .quiet)], focused: true)
        let seen = area.seen(form.fields.count, place: form.place)
        for (row, index) in seen.enumerated() where row < area.inside.height {
            draw(
                form.fields[index], isActive: index == form.place, isSelected: form.isSelected,
                in: area.inside.row(row), &painter)
        }
        let rest = area.inside.split(top: seen.count).rest
        for (row, line) in below(form, columns: area.inside.width, rows: rest.height).prefix(rest.height).enumerated() {
            painter.line(line, in: rest.row(row))
        }
    }

    static func title(_ form: SettingsForm) -> String {
        switch form.subject {
        case .newTopic: "New topic"
        case .topic(let name): "Settings of topic \(name)"
        case .session(let name): "Settings of session \(name)"
        }
    }

    private static func draw(
        _ field: SettingsForm.Field, isActive: Bool, isSelected: Bool, in row: Rect, _ painter: inout Painter
    ) {
        let changed = field.isChanged && field.tag != nil
        painter.text(changed ? "*" : " ", x: row.x, y: row.y, in: row, .warning)
        painter.text(field.name, x: row.x + 1, y: row.y, in: row, isActive ? .key : .quiet)
        let x = min(row.x + labelWidth, row.maxX)
        let wide = field.tag == nil ? row.maxX - x : boxWidth
        let box = Rect(x: x, y: row.y, width: max(0, min(wide, row.maxX - x)), height: 1)
        guard !box.isEmpty else { return }
        let role: Role = isActive ? .fieldFocused : .field
        painter.fill(box, role)
        EditorView.draw(field.editor, in: box, role, active: isActive, &painter)
        if isActive, isSelected, field.tag != nil {
            let selected = min(TextWidth.columns(of: field.editor.text), box.width)
            painter.highlight(Rect(x: box.x, y: box.y, width: selected, height: 1), .fieldSelected)
        }
        guard field.tag != nil else { return }
        let rule = field.kind.rule
        let note = changed ? "was \(field.before)" : isActive ? rule : ""
        let right = Rect(x: box.maxX + 2, y: row.y, width: max(0, row.maxX - box.maxX - 2), height: 1)
        painter.line([Span(note, field.value == nil ? .bad : changed ? .warning : .quiet)], in: right)
    }

    /// What the field is for, what is wrong, and the command that does the same.
    private static func below(_ form: SettingsForm, columns: Int, rows: Int) -> [[Span]] {
        let field = form.current
        let what: [[Span]]
        if let problem = form.problem {
            what = TextWidth.words(problem, columns: columns).map { [Span($0, .bad)] }
        } else if form.isSent {
            what = [[Span("asking the broker…", .quiet)]]
        } else {
            what = TextWidth.words("\(field.name): \(field.summary)", columns: columns).map { [Span($0)] }
        }
        let command = TextWidth.wrap(form.command, columns).map { [Span($0, .quiet)] }
        guard rows > 3 else { return what }
        return [[]] + what.prefix(2) + command + (rows > 5 ? [[Span("^Y copies it", .quiet)]] : [])
    }
}
