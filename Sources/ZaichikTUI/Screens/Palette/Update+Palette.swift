extension Model {
    mutating func openPalette() {
        palette.selected = 0
        prompt = Prompt(.palette)
    }

    mutating func paletteTyped() { palette.selected = 0 }

    mutating func movePalette(by step: Int) {
        let count = paletteEntries.count
        guard count > 0 else { return }
        palette.selected = (min(palette.selected, count - 1) + step + count) % count
    }

    /// The wheel moves the choice; a click on an entry does it.
    mutating func paletteClicked(_ action: MouseAction, at point: Point, now: Moment) -> [Effect] {
        switch action {
        case .wheelUp: movePalette(by: -1)
        case .wheelDown: movePalette(by: 1)
        case .press:
            let count = paletteEntries.count
            guard let place = PaletteArea(self, entries: count)?.entry(at: point, of: count) else { return [] }
            palette.selected = place
            return runPalette(now)
        }
        return []
    }

    /// Takes the chosen entry into the field.
    mutating func completePalette() {
        guard let entry = chosenEntry else { return }
        prompt?.editor.text = entry.text
        prompt?.problem = nil
        palette.selected = 0
    }

    /// Does what is chosen.
    mutating func runPalette(_ now: Moment) -> [Effect] {
        guard let entry = chosenEntry else {
            let typed = prompt?.editor.text ?? ""
            prompt?.problem = "there is no command '\(typed)': Tab completes, an empty line lists all"
            return []
        }
        if let obstacle = entry.obstacle {
            prompt?.problem = obstacle
            return []
        }
        switch entry.deed {
        case .command(let command, let argument):
            if argument.isEmpty, command.argument != nil, !command.isArgumentOptional {
                completePalette()
                return []
            }
            return run(command, argument, now)
        case .pane(let pane):
            closePalette(entry)
            overlay = nil
            show(pane)
            return []
        case .action(let binding, let pane):
            closePalette(entry)
            if let pane {
                overlay = nil
                show(pane)
            }
            if let obstacle = obstacle(to: binding) {
                say(obstacle, now)
                return []
            }
            return perform(binding.action, by: binding.keys[0], now: now)
        }
    }

    private mutating func run(_ command: PaletteCommand, _ argument: String, _ now: Moment) -> [Effect] {
        let asked = prompt
        // A command may ask a question of its own.
        prompt = nil
        switch command.run(&self, argument, now) {
        case .done(let effects):
            palette.remember(command.name)
            return effects
        case .problem(let problem):
            prompt = asked
            prompt?.problem = problem
            return []
        }
    }

    private mutating func closePalette(_ entry: PaletteEntry) {
        prompt = nil
        palette.remember(entry.name)
    }

    /// What fits the text in the field.
    var paletteEntries: [PaletteEntry] { PaletteEntry.fitting(prompt?.editor.text ?? "", self) }

    private var chosenEntry: PaletteEntry? {
        let entries = paletteEntries
        return entries.isEmpty ? nil : entries[min(palette.selected, entries.count - 1)]
    }
}
