extension PaletteCommand {
    /// Those of the load generator and the slow clients.
    static let load: [PaletteCommand] = [generate, slow]

    private static let generate = PaletteCommand(
        name: "load", argument: "RATE [TOPIC]", isArgumentOptional: true,
        help: "publish so many messages a second; without a rate, stop",
        obstacle: { $0.obstacle(to: .loadGenerator) },
        run: { model, argument, now in
            let words = argument.split(separator: " ", maxSplits: 1)
            model.showLoad(.load)
            if let rate = words.first { model.publish.load.form[.rate].text = String(rate) }
            if words.count > 1 { model.publish.load.form[.topic].text = String(words[1]) }
            return .done(model.isLoadRunning == words.isEmpty ? model.startOrStop(now) : [])
        })

    private static let slow = PaletteCommand(
        name: "slow", argument: "CLIENTS [TOPICS]", isArgumentOptional: true,
        help: "start so many slow clients; without a number, stop them",
        obstacle: { $0.obstacle(to: .slowClients) },
        run: { model, argument, now in
            let words = argument.split(separator: " ", maxSplits: 1)
            model.showLoad(.slowClients)
            if let clients = words.first { model.publish.slowClients.form[.clients].text = String(clients) }
            if words.count > 1 { model.publish.slowClients.form[.pattern].text = String(words[1]) }
            return .done(model.isLoadRunning == words.isEmpty ? model.startOrStop(now) : [])
        })
}
