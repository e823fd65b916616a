/// A line of the palette: an action or a command that fits what is typed.
struct PaletteEntry {
    enum Deed {
        case action(Binding, Pane?)
        case pane(Pane)
        case command(PaletteCommand, argument: String)
    }

    /// What the field holds when it is completed.
    var text: String
    /// How it is typed.
    var usage: String
    var help: String
    /// The keys that do the same; empty if none does.
    var keys = ""
    /// Why it would do nothing now.
    var obstacle: String?
    var deed: Deed

    /// The entries that fit, the best first.
    static func fitting(_ typed: String, _ model: Model) -> [PaletteEntry] {
        let typed = String(typed.drop { $0 == " " })
        let commands = commands(of: model.panes.table)
        let parts = typed.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, let command = commands.first(where: { $0.name == parts[0] && $0.argument != nil }) {
            return arguments(of: command, typed: String(parts[1]), model)
        }
        let names = Set(commands.map(\.name))
        let others = panes(model) + actions(model)
        let all = commands.map { entry($0, model) } + others.filter { !names.contains($0.name) }
        return sorted(all, typed: typed.lowercased().filter { $0 != " " || typed.count > 1 }, model)
    }

    static func commands(of panes: PaneTable) -> [PaletteCommand] {
        PaletteCommand.everywhere + panes.panes.flatMap { $0.content.commands }
    }

    // MARK: Where they come from

    private static func entry(_ command: PaletteCommand, _ model: Model) -> PaletteEntry {
        let binding = model.panes.table.keys.bindings.first { $0.action.name == command.name }
        return PaletteEntry(
            text: command.argument == nil ? command.name : command.name + " ", usage: command.usage,
            help: command.help, keys: binding.map(keys) ?? "", obstacle: command.obstacle(model),
            deed: .command(command, argument: ""))
    }

    /// What is typed as an argument, and what is offered for it.
    private static func arguments(of command: PaletteCommand, typed: String, _ model: Model) -> [PaletteEntry] {
        let argument = typed.trimmed
        let search = TextSearch(argument)
        let offers = command.offers(model).filter { offer in offer != argument && (search?.isIn(offer) ?? true) }
        let begin = offers.filter { $0.hasPrefix(argument) }
        let obstacle = command.obstacle(model)
        let make = { (argument: String) in
            PaletteEntry(
                text: "\(command.name) \(argument)", usage: "\(command.name) \(argument)",
                help: command.about(model, argument) ?? command.help, obstacle: obstacle,
                deed: .command(command, argument: argument))
        }
        let isWhole = !argument.isEmpty || command.isArgumentOptional || offers.isEmpty
        return (isWhole ? [argument] : []).map(make)
            + (begin + offers.filter { !$0.hasPrefix(argument) }).prefix(50).map(make)
    }

    private static func panes(_ model: Model) -> [PaletteEntry] {
        model.panes.table.panes.map { pane in
            let name = pane.name.lowercased()
            return PaletteEntry(
                text: name, usage: name, help: "show \(pane.name)",
                keys: PaneTable.key(ofNumber: model.panes.table.number(of: pane)).description, deed: .pane(pane))
        }
    }

    /// The actions of the place below the prompt, then those of other panes.
    private static func actions(_ model: Model) -> [PaletteEntry] {
        var below = model
        below.prompt = nil
        let here = below.keyFocus
        let table = model.panes.table
        var seen: Set<Action> = [.showPane, .chooseAct, .palette]
        let places = [(here, nil)] + table.panes.filter { .pane($0) != here }.map { (Focus.pane($0), Optional($0)) }
        return places.flatMap { place, pane in
            table.keys.bindings(in: place).filter { seen.insert($0.action).inserted }.map { binding in
                PaletteEntry(
                    text: binding.action.name, usage: binding.action.name, help: binding.help,
                    keys: keys(binding),
                    obstacle: pane == nil ? below.obstacle(to: binding) : nil, deed: .action(binding, pane))
            }
        }
    }

    private static func keys(_ binding: Binding) -> String {
        binding.keys.map(\.description).joined(separator: " ")
    }

    // MARK: How well they fit

    private static func sorted(_ entries: [PaletteEntry], typed: String, _ model: Model) -> [PaletteEntry] {
        if typed.isEmpty {
            let recent = model.palette.recent
            let places = Dictionary(uniqueKeysWithValues: recent.enumerated().map { ($1, $0) })
            return entries.enumerated().sorted { first, second in
                (places[first.element.name] ?? recent.count, first.offset)
                    < (places[second.element.name] ?? recent.count, second.offset)
            }.map(\.element)
        }
        let rough = RoughSearch(typed)
        let search = TextSearch(typed)
        let ranked = entries.enumerated().compactMap { place, entry -> (rank: Int, place: Int, entry: PaletteEntry)? in
            let rank =
                entry.name == typed
                ? 0
                : entry.name.hasPrefix(typed)
                    ? 1 : entry.name.contains(typed) ? 2 : search?.isIn(entry.help) == true ? 3 : 4
            guard rank < 4 || rough?.isIn(entry.name) == true else { return nil }
            return (rank, place, entry)
        }
        return ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map(\.entry)
    }

    /// Without an argument.
    var name: String { String(text.prefix { $0 != " " }) }
}
