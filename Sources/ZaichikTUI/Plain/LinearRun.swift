#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Tells what happens, line by line, and takes words from standard input: `--linear`.
final class LinearRun {
    private let plain: PlainLink
    private var report = LinearReport()
    private var typed: [UInt8] = []
    private var isEnding = false

    init(model: Model, link: any BrokerLink) {
        plain = PlainLink(model: model, link: link, clock: { SystemClock.now })
    }

    func run() {
        plain.start()
        var input: Int32? = STDIN_FILENO
        while !isEnding {
            if plain.wait(milliseconds: 1000, input: input), !readInput() {
                // Without input there is nobody to ask; what happens is still told.
                input = nil
            }
            plain.takeEvents { event, before, after in
                for line in report.lines(for: event, before, after) { print(line) }
            }
            // What was asked about is told once, and not asked for again with each update.
            if plain.model.isInspectionAnswered { plain.change { model, _ in model.closeInspection() } }
            // A pipe gets each line when it happens.
            fflush(nil)
            if plain.model.broker.connection.isOver { break }
        }
        plain.end()
    }

    /// - Returns: false at the end of the input.
    private func readInput() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        guard count > 0 else { return count < 0 && errno == EINTR }
        typed += bytes.prefix(count)
        while let end = typed.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: typed[..<end], as: UTF8.self)
            typed.removeSubrange(...end)
            answer(line.trimmed)
        }
        return true
    }

    private func answer(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        let argument = parts.count > 1 ? String(parts[1]).trimmed : ""
        switch parts.first.map(String.init) ?? "" {
        case "": LinearReport.summary(plain.model).forEach { print($0) }
        case "q", "quit": isEnding = true
        case "?", "help": LinearReport.help.forEach { print($0) }
        case "topics": LinearReport.topics(plain.model).forEach { print($0) }
        case let word:
            guard let command = PaletteEntry.commands(of: plain.model.panes.table).first(where: { $0.name == word })
            else { return print("there is no word '\(word)'; ? lists them") }
            run(command, argument)
        }
    }

    private func run(_ command: PaletteCommand, _ argument: String) {
        if let obstacle = command.obstacle(plain.model) { return print(obstacle) }
        if argument.isEmpty, command.argument != nil, !command.isArgumentOptional {
            return print("\(command.usage): \(command.help)")
        }
        plain.change { model, now in
            let before = model.notice
            switch command.run(&model, argument, now) {
            case .done(let effects):
                if let notice = model.notice, notice != before { print(notice.text) }
                return effects
            case .problem(let problem):
                print(problem)
                return []
            }
        }
    }
}
