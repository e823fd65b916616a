import ZaichikClient
import ZaichikProtocol

@testable import Zaichik

/// A part of a JSON schema, with its members in their order.
indirect enum SchemaPart {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([SchemaPart])
    case object([(String, SchemaPart)])

    func lines(_ indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        case .number(let number): return "\(number)"
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let parts): return "[\(parts.map { $0.lines(inner) }.joined(separator: ", "))]"
        case .object(let members):
            let isShort = members.allSatisfy { _, part in if case .object = part { false } else { true } }
            let texts = members.map { "\"\($0)\": \($1.lines(inner))" }
            if isShort, members.count <= 3 { return "{\(texts.joined(separator: ", "))}" }
            return "{\n" + texts.map { inner + $0 }.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}

/// The schemas of what commands print with `--json`, made from the tables of figures and settings.
struct SchemaTables {
    typealias Members = [(String, SchemaPart)]

    /// Whether a key that is not in the schema is an error: so in tests, but not for readers, as later versions add keys.
    var isStrict: Bool

    /// All schemas by the names of their files in docs/schema.
    var all: [(name: String, text: String)] {
        let rows: [(String, String, SchemaPart)] = [
            ("client", "A line of 'zaichik client ls --json'.", object(client)),
            (
                "client-detail", "What 'zaichik client info --json' prints.",
                object(clientDetail, optional: Self.optionalOfDetails)
            ),
            ("closed-client", "A line of 'zaichik client ls --closed --json'.", object(closedClient)),
            ("why", "What 'zaichik why NAME --json' prints.", object(why)),
            ("whys", "What 'zaichik why --json' prints.", object([("queues", list(object(why)))])),
            ("topic", "A line of 'zaichik topic ls --json'.", object(topic)),
            ("topic-detail", "What 'zaichik topic info --json' prints.", object(topicDetail, optional: ["history"])),
            ("session", "A line of 'zaichik session ls --json'.", object(session)),
            (
                "session-detail", "What 'zaichik session info --json' prints.",
                object(sessionDetail, optional: Self.optionalOfDetails)
            ),
            ("status", "What 'zaichik status --json' prints.", object(status, optional: ["history"])),
            ("lag", "A line of 'zaichik lag --json'.", object(lag)),
            ("top", "A line of 'zaichik top --json'.", object(top)),
            ("message", "A line of 'zaichik sub --json'.", object(message, optional: Self.optionalOfMessages)),
            ("receipt", "A line of 'zaichik pub --receipts --json'.", object(receipt)),
            (
                "parked", "A line of 'zaichik parked ls --json', or what 'zaichik parked show --json' prints.",
                object(parked, optional: Self.optionalOfMessages)
            ),
            (
                "peeked", "A line of 'zaichik client|session peek --json'.",
                object(peeked, optional: Self.optionalOfMessages)
            ),
            ("kept", "A line of 'zaichik topic peek --json'.", object(kept, optional: Self.optionalOfMessages)),
            (
                "acted", "What an act prints with --json, such as 'zaichik client pause' or 'zaichik drain'.",
                object(acted)
            ),
            ("bench", "What 'zaichik bench --json' prints.", object(bench)),
            ("check", "What 'zaichik check … --json' prints.", object(check)),
            ("recording", "A line of 'zaichik record'.", recording),
        ]
        return rows.map { name, description, part in
            guard case .object(let members) = part else { preconditionFailure("a schema is an object") }
            let head: Members = [
                ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                ("$id", .text("\(name).schema.json")),
                ("description", .text("\(description) Later versions add keys: pass over what you do not know.")),
            ]
            return (name, SchemaPart.object(head + members).lines() + "\n")
        }
    }

    // MARK: Parts

    private let text = SchemaPart.object([("type", .text("string"))])
    private let whole = SchemaPart.object([("type", .text("integer")), ("minimum", .number(0))])
    private let flag = SchemaPart.object([("type", .text("boolean"))])
    private let anything = SchemaPart.flag(true)

    private func described(_ type: String, _ description: String) -> SchemaPart {
        let bounds: Members = type == "integer" ? [("minimum", .number(0))] : []
        return .object([("type", .text(type))] + bounds + [("description", .text(description))])
    }

    private func orNull(_ type: String) -> SchemaPart {
        .object([("type", .list([.text(type), .text("null")]))])
    }

    private func list(_ part: SchemaPart) -> SchemaPart { .object([("type", .text("array")), ("items", part)]) }

    private func choice(_ words: [String]) -> SchemaPart { .object([("enum", .list(words.map { .text($0) }))]) }

    private func object(_ members: Members, optional: Set<String> = []) -> SchemaPart {
        let required = members.map(\.0).filter { !optional.contains($0) }.map { SchemaPart.text($0) }
        let rest: Members = isStrict ? [("additionalProperties", .flag(false))] : []
        return .object(
            [("type", .text("object")), ("properties", .object(members)), ("required", .list(required))] + rest)
    }

    private func figures<F: Figure>(_: F.Type) -> Members {
        F.allCases.map { ($0.name, described("integer", "\($0.summary) (\($0.unit.rawValue))")) }
    }

    // MARK: What is printed

    private var state: SchemaPart { text }

    private var client: Members {
        [("id", whole), ("name", text), ("label", described("string", "the name, with the id if others have it"))]
            + ["program", "version", "pid", "host", "address"].map { ($0, text) }
            + [("dialect", choice(["native", "classic"])), ("session", text), ("state", state)]
            + figures(ClientFigure.self)
    }

    private var inTopic: Members {
        ClientTopicFigure.allCases.map { figure in
            (
                figure.name,
                figure == .lossCause
                    ? orNull("string") : described("integer", "\(figure.summary) (\(figure.unit.rawValue))")
            )
        }
    }

    /// What the verdict is founded on; only what is known of it.
    private var evidence: SchemaPart {
        let members: Members = EvidenceField.allCases.map { field in
            switch field {
            case .threat, .lossCause: return (field.name, described("string", field.summary))
            case _ where field.isText: return (field.name, described("string", field.summary))
            default:
                let unit = field.unit.map { " (\($0.rawValue))" } ?? ""
                return (field.name, described("integer", field.summary + unit))
            }
        }
        return object(members, optional: Set(members.map(\.0)))
    }

    private var history: SchemaPart {
        let series: Members = HistoryFigure.allCases.map { figure in
            let summary = "\(figure.summary) (\(figure.unit.rawValue)), the newest second last"
            return (
                figure.name,
                .object([("type", .text("array")), ("items", whole), ("description", .text(summary))])
            )
        }
        return object(
            [("time_us", whole), ("interval_ms", whole)] + series, optional: Set(HistoryFigure.allCases.map(\.name)))
    }

    private var lagShares: SchemaPart {
        object([
            ("messages", whole), ("others_messages", whole), ("publishers", whole), ("cut", flag),
            ("shares", list(object([("id", whole), ("name", text), ("messages", whole)]))),
        ])
    }

    /// What stands in details only while it is so, or when it is asked for.
    private static let optionalOfDetails: Set<String> = [
        "paused_by", "paused_reason", "paused_since_us", "paused_until_us", "history", "lag_shares",
    ]

    private var pause: Members {
        [("paused_by", text), ("paused_reason", text), ("paused_since_us", whole), ("paused_until_us", whole)]
    }

    private var clientDetail: Members {
        client + [("verdict", text), ("evidence", evidence)] + pause + [
            ("subscribed_to", list(text)), ("in_topics", list(object([("topic", text)] + inTopic))),
            ("history", history), ("lag_shares", lagShares),
        ]
    }

    private var closedClient: Members {
        client + [("closed_at_us", whole), ("reason", text), ("code", orNull("integer")), ("history", history)]
    }

    private var why: Members {
        [("id", whole), ("name", text), ("label", text), ("state", state), ("verdict", text), ("evidence", evidence)]
            + [("remedies", list(object([("text", text), ("command", orNull("string"))])))]
    }

    private var topic: Members {
        [("name", text), ("id", whole)] + figures(TopicFigure.self)
            + TopicSettings.Tag.allCases.map { tag in
                if case .choice(let words) = tag.kind { return (tag.figureName, choice(words)) }
                return (tag.figureName, described("integer", tag.summary))
            }
    }

    private var topicDetail: Members {
        topic + [
            ("verdict", text), ("readers_matching", whole),
            (
                "readers",
                list(object([("id", whole), ("name", text), ("state", state), ("holding", flag)] + inTopic))
            ),
            ("publishers", list(object([("id", whole), ("name", text)] + figures(TopicPublisherFigure.self)))),
            ("history", history),
        ]
    }

    private var session: Members {
        [("id", whole), ("name", text), ("incarnation", whole), ("state", state)]
            + SessionSettings.Tag.allCases.map { tag in
                if case .choice(let words) = tag.kind { return (tag.figureName, choice(words)) }
                return (tag.figureName, described("integer", tag.summary))
            } + figures(SessionFigure.self)
    }

    private var sessionDetail: Members {
        session + [("verdict", text), ("evidence", evidence)] + pause + [
            ("subscribed_to", list(object([("topic", text), ("options", list(text))]))),
            ("connections", list(object(client))),
            ("in_topics", list(object([("topic", text)] + inTopic))), ("history", history),
        ]
    }

    private var brokerFigures: Members {
        BrokerFigure.allCases.map { figure in
            (
                figure.name,
                .object([
                    ("type", .list([.text("integer"), .text("null")])), ("minimum", .number(0)),
                    (
                        "description",
                        .text("\(figure.summary) (\(figure.unit.rawValue)); null: an older broker has none")
                    ),
                ])
            )
        }
    }

    private var status: Members {
        [("address", text), ("name", text), ("version", text), ("incarnation", orNull("string"))]
            + [("time_us", whole), ("uptime_us", whole), ("troubles", list(text))] + brokerFigures
            + [
                ("furthest_behind", list(object(client))), ("in_trouble", list(object(client))),
                ("dropping", list(object(topic))),
                ("rejecting", list(object(topic))), ("history", history),
            ]
    }

    private var lag: Members {
        [("time_us", whole)] + figures(BrokerFigure.self) + [("worst", list(object(client + [("verdict", text)])))]
    }

    private var top: Members {
        [("time_us", whole), ("matching", whole), ("clients", list(object(client)))]
    }

    static let optionalOfMessages: Set<String> = [
        "key", "key_base64", "headers", "payload", "payload_base64", "headers_cut",
    ]

    private var headers: SchemaPart {
        list(object([("name", text), ("value", text), ("value_base64", text)], optional: ["value", "value_base64"]))
    }

    private var message: Members {
        [
            ("topic", text), ("sequence", whole), ("timestamp", described("integer", "µs since 1970 UTC")),
            ("attempt", whole), ("key", orNull("string")), ("key_base64", text), ("headers", headers),
            ("payload", anything), ("payload_base64", text),
        ]
    }

    private var receipt: Members {
        [
            ("sequence", whole), ("outcome", choice(["accepted", "duplicate", "delayed", "refused"])),
            ("queues", orNull("integer")), ("code", orNull("string")),
        ]
    }

    private var parked: Members {
        [
            ("number", whole), ("topic", text), ("sequence", whole),
            ("timestamp", described("integer", "µs since 1970 UTC")), ("parked_at_us", whole), ("attempts", whole),
            ("reason", text),
        ] + content
    }

    /// A message of which perhaps only the beginning is known.
    private var content: Members {
        [
            ("key", orNull("string")), ("key_base64", text),
            ("headers", .object([("anyOf", .list([headers, .object([("type", .text("null"))])]))])),
            ("payload_bytes", whole), ("payload", anything), ("payload_base64", text),
        ]
    }

    private var peeked: Members {
        let states = PeekedMessage.State.allCases.filter { $0 != .kept }.map(\.description)
        return [
            ("state", choice(states)),
            ("place", described("integer", "among those that come next, from 1; 0 unless it is pending")),
            ("client", described("integer", "the id of the client that has it; 0 unless it is in flight")),
            ("frame_bytes", whole),
        ] + parked
    }

    private var kept: Members {
        [
            ("topic", text), ("sequence", whole), ("timestamp", described("integer", "µs since 1970 UTC")),
            ("age_us", whole), ("frame_bytes", whole),
        ] + content
    }

    private var acted: Members {
        let row: Members = [("id", whole), ("name", text), ("messages", whole), ("bytes", whole)]
        return [
            ("act", choice(Act.allCases.map(\.name))), ("dry_run", flag),
            ("messages", described("integer", "how many went, or would go")), ("bytes", whole),
            ("count", described("integer", "how many queues, connections or topics it concerns")),
            (
                "rows",
                .object([("type", .text("array")), ("maxItems", .number(Acted.mostRows)), ("items", object(row))])
            ),
        ]
    }

    private var bench: Members {
        let rate = SchemaPart.object([("type", .text("number")), ("minimum", .number(0))])
        func wholes(_ names: [String]) -> Members { names.map { ($0, whole) } }
        func flow(_ name: String) -> Members {
            wholes(["\(name)_messages", "\(name)_us"])
                + [("\(name)_messages_per_second", rate), ("\(name)_bytes_per_second", whole)]
        }
        func latency(_ name: String) -> Members {
            (LatencySummary.percentiles.map(\.field) + ["max"]).map { ("\(name)_latency_\($0)_us", orNull("integer")) }
        }
        return [
            ("shape", choice(BenchShape.allCases.map(\.rawValue))), ("broker", text), ("broker_version", text),
            ("broker_in_process", flag), ("topic_prefix", text),
        ]
            + wholes([
                "publishers", "subscribers", "slow_subscribers", "idle_connections", "topics", "generator_loops",
                "payload_bytes",
            ]) + ["all_topics", "shared_session", "unconfirmed", "auto_commit", "keys"].map { ($0, flag) }
            + [("asked_messages_per_second", rate)]
            + wholes([
                "window_messages", "subscriber_window_messages", "backlog_messages", "slow_commit_delay_us",
                "warm_up_us",
            ]) + [("interrupted", flag)] + flow("published") + flow("delivered") + [("latency_from", text)]
            + latency("delivery") + latency("confirm")
            + wholes([
                "lost_messages", "duplicated_messages", "reordered_messages", "gap_messages", "foreign_messages",
                "refused_messages", "slow_committed_messages", "slow_least_lag_messages", "slow_most_lag_messages",
                "slow_oldest_age_us", "slow_gap_messages",
            ]) + [("problem", orNull("string"))]
    }

    private var check: Members {
        let figure: Members =
            [("name", text), ("value", whole), ("unit", text)]
            + ["warn", "crit", "max"].map { ($0, orNull("integer")) }
        return [
            ("check", text), ("level", choice(["ok", "warning", "critical", "unknown"])), ("text", text),
            ("figures", list(object(figure))),
        ]
    }

    private var recording: SchemaPart {
        let head = object([
            ("format", .object([("const", .text(Recording.format))])),
            ("version", .object([("const", .number(Int(Recording.version)))])), ("broker", text),
            ("topics", list(text)),
        ])
        let line: Members = [
            ("at_us", described("integer", "µs since the first message")), ("topic", text), ("sequence", whole),
            ("timestamp", described("integer", "µs since 1970 UTC")), ("key", orNull("string")), ("key_base64", text),
            ("headers", headers), ("payload", text), ("payload_base64", text),
        ]
        let gap = object([
            ("at_us", whole), ("topic", text),
            ("gap", object([("first", whole), ("last", whole), ("reason", text)])),
        ])
        return .object([("oneOf", .list([head, object(line, optional: Self.optionalOfMessages), gap]))])
    }
}
