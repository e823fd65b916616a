import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension PaletteCommand {
    /// The commands that belong to no pane.
    static let everywhere: [PaletteCommand] = [
        subscribe, unsubscribe, publish, why, topic, window, filter, help, profile, theme,
    ]

    private static let subscribe = PaletteCommand(
        name: "sub", argument: "PATTERN", help: "subscribe to a topic or a pattern, from new messages on",
        offers: { model in model.topics.rows.map(\.name).filter { model.subscriptions(matching: $0).isEmpty } },
        run: { _, argument, _ in
            do throws(NameError) {
                return .done([.link(.subscribe(try TopicPattern(argument), .new))])
            } catch {
                return .problem(ErrorText.topicPattern(argument, error))
            }
        })

    private static let unsubscribe = PaletteCommand(
        name: "unsub", argument: "PATTERN", help: "end a subscription",
        offers: { $0.subscriptions.map(\.pattern.string) }, obstacle: { $0.obstacle(to: .unsubscribe) },
        run: { model, argument, _ in
            guard let own = model.subscriptions.first(where: { $0.pattern.string == argument }) else {
                return .problem("'\(argument)' is not subscribed")
            }
            return .done([.link(.unsubscribe(own.pattern))])
        })

    private static let publish = PaletteCommand(
        name: "pub", argument: "TOPIC TEXT", isArgumentOptional: true,
        help: "publish a text to a topic; without a text, write it in the form",
        offers: { $0.topics.rows.map(\.name) }, obstacle: { $0.obstacle(to: .startPublish) },
        run: { model, argument, now in
            let parts = argument.split(separator: " ", maxSplits: 1)
            guard let topic = parts.first else { return .done(model.startPublish(by: .character("p"), now: now)) }
            for field in PublishForm.Field.allCases { model.publish[field].text = "" }
            model.publish.topic.text = String(topic)
            model.publish.attachment = nil
            let effects = model.startPublish(by: .character("p"), now: now)
            guard parts.count == 2 else { return .done(effects) }
            model.publish.body.text = String(parts[1])
            let sent = model.performForm(.send, now: now)
            // If there is a question, such as whether the topic is meant, Enter answers it in the form.
            model.publish.isEditing = sent.isEmpty
            return .done(effects + sent)
        })

    private static let why = PaletteCommand(
        name: "why", argument: "CLIENT", help: "why a client or a session is behind",
        offers: { model in ClientLabel.labels(of: model.clients.rows) },
        about: { model, label in
            let labels = ClientLabel.labels(of: model.clients.rows)
            return labels.firstIndex(of: label).map { index in
                let client = model.clients.rows[index]
                let lag = client.hasQueue ? ", lag \(NarrowFigure.count(client[.lagMessages]))" : ""
                return StateText.word(client.state) + lag
            }
        },
        run: { model, argument, _ in
            let labels = ClientLabel.labels(of: model.clients.rows)
            guard let index = place(of: argument, in: labels, model.clients.rows.map(\.name)) else {
                return .problem("there is no client '\(argument)' among those in Clients")
            }
            model.show(.clients)
            model.clients.selected = model.clients.rows[index].id
            model.keepCursorsSeen()
            return .done(ClientsPane.open(&model))
        })

    private static let topic = PaletteCommand(
        name: "topic", argument: "NAME", help: "a topic: its settings, who reads it and who publishes",
        offers: { $0.topics.rows.map(\.name) },
        run: { model, argument, _ in
            let names = model.topics.rows.map(\.name)
            guard let index = place(of: argument, in: names, names) else {
                return .problem("there is no topic '\(argument)' among those in Topics")
            }
            model.show(.topics)
            model.topics.selected = names[index]
            model.keepCursorsSeen()
            return .done(TopicsPane.open(&model))
        })

    private static let window = PaletteCommand(
        name: "window", argument: "COUNT", help: "how many deliveries to this program may be in flight; 0 pauses",
        run: { model, argument, now in
            guard let window = UInt32(argument), window <= CommitState.largestWindow else {
                return .problem(Prompt.windowRule)
            }
            return .done(model.setWindow(window, now))
        })

    private static let filter = PaletteCommand(
        name: "filter", argument: "TEXT", isArgumentOptional: true,
        help: "leave the rows that match; without a text, as it is typed",
        offers: { ($0.focus.content as? any TablePane.Type)?.conditionNames ?? [] },
        obstacle: { $0.focus.content is any TablePane.Type ? nil : "only tables are filtered" },
        run: { model, argument, _ in
            guard let table = model.focus.content as? any TablePane.Type, !argument.isEmpty else {
                return .done(model.performTable(.filter))
            }
            if let problem = table.filterProblem(argument) { return .problem(problem) }
            return .done(table.setFilter(&model, argument))
        })

    private static let help = PaletteCommand(
        name: "keys", argument: "TEXT", isArgumentOptional: true, help: "the keys whose text has a word",
        run: { model, argument, _ in
            model.overlay = .help(HelpInspection(place: model.keyFocus, under: model.overlay, search: argument))
            return .done([])
        })

    /// The place of a name: the whole one, else the first that begins with it.
    private static func place(of typed: String, in labels: [String], _ names: [String]) -> Int? {
        labels.firstIndex(of: typed) ?? names.firstIndex(of: typed) ?? labels.firstIndex { $0.hasPrefix(typed) }
    }
}
