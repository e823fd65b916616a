import ZaichikProtocol

// A changed verdict is told in the sentence that `why` has for it.
extension Report {
    /// The sentence, and the data that are in it; nil if this is no such event, or one with a verdict that is not known here.
    public var verdict: (sentence: String, names: Set<String>)? {
        guard name == "verdict-changed", let word = data["verdict"]?.text,
            let state = ClientState.allCases.first(where: { $0.description == word })
        else { return nil }
        var client = ClientStatistics()
        client.state = state
        var names: Set = ["evidence", "paused_by", "paused_reason", "paused_since_us", "paused_until_us"]
        for figure in ClientFigure.allCases {
            guard let number = data[figure.name]?.number else { continue }
            client[figure] = number
            names.insert(figure.name)
        }
        let detail = ClientDetail(
            client: client, subscriptions: [], topics: [], pause: pause, evidence: evidence)
        return (ClientVerdict.sentence(detail), names)
    }

    private var evidence: Evidence {
        guard case .object(let fields)? = data["evidence"] else { return Evidence() }
        return fields.reduce(into: Evidence()) { evidence, field in
            switch field.value {
            case .number(let number): evidence.take(field.key, .number(number))
            case .text(let text): evidence.take(field.key, .text(text))
            case .object, .other: break
            }
        }
    }

    private var pause: OperatorPause? {
        data["paused_by"]?.text.map { who in
            OperatorPause(
                by: who, reason: data["paused_reason"]?.text ?? "", since: data["paused_since_us"]?.number ?? 0,
                until: data["paused_until_us"]?.number ?? 0)
        }
    }
}
