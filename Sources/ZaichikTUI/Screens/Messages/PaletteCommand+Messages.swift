import ZaichikProtocol

extension PaletteCommand {
    /// Those of the Messages pane.
    static let messages: [PaletteCommand] = [kept, find, only, save]

    private static let kept = PaletteCommand(
        name: "kept", argument: "TOPIC [PLACE]", help: "browse what a topic keeps; a place: \(KeptPlace.forms)",
        offers: { $0.topics.rows.map(\.name) },
        run: { model, argument, now in
            switch model.browse(at: argument, now) {
            case .success(let effects): .done(effects)
            case .failure(let problem): .problem(problem.text)
            }
        })

    private static let find = PaletteCommand(
        name: "find", argument: "TEXT", isArgumentOptional: true,
        help: "search in Messages; without a text, no longer",
        run: { model, argument, now in
            model.search = TextSearch(argument)
            model.show(.messages)
            return .done(argument.isEmpty ? [] : model.performSearch(.nextMatch, now: now))
        })

    private static let only = PaletteCommand(
        name: "only", argument: "TEXT", isArgumentOptional: true,
        help: "leave the messages with a text (!text without it, ~text its letters); without a text, all again",
        run: { model, argument, _ in
            model.setMessageFilter(argument)
            model.show(.messages)
            return .done([])
        })

    private static let save = PaletteCommand(
        name: "save", argument: "FILE", help: "write the marked messages, or all that are shown, to a file",
        obstacle: { $0.obstacle(to: .export) },
        run: { model, argument, _ in .done(model.export(model.exportedMessages, to: argument)) })
}
