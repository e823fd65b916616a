import NIOCore
import ZaichikProtocol

/// The blocks of docs/PROTOCOL.md that are made from the code.
enum DocumentTables {
    static let all: [(name: String, lines: [String])] = [
        ("settings", settings(TopicSettings.self)), ("session settings", settings(SessionSettings.self)),
        ("figures of the broker", figures(BrokerFigure.self)),
        ("figures of a topic", figures(TopicFigure.self)), ("figures of a client", figures(ClientFigure.self)),
        ("figures of a client in one topic", figures(ClientTopicFigure.self)),
        ("figures of a publisher", figures(TopicPublisherFigure.self)),
        ("figures of a session", figures(SessionFigure.self)), ("figures of a history", figures(HistoryFigure.self)),
        ("message headers", messageHeaders), ("evidence", evidence),
        ("errors", errors), ("acts", acts), ("act fields", actFields),
        ("limits", LimitRows.lines), ("capabilities", capabilities),
        ("session", DocumentedSession.lines), ("client vectors", clientVectors), ("broker vectors", brokerVectors),
        ("classic vectors", classicVectors),
    ]

    static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [line(head), line(head.map { _ in "---" })] + rows.map(line)
    }

    private static func settings<Settings: SettingsTable>(_: Settings.Type) -> [String] {
        table(
            ["tag", "setting", "unit or choice", "default", "meaning"],
            Settings.Tag.allCases.map {
                ["\($0.rawValue)", "`\($0.name)`", $0.unit, "\(Settings()[$0])", $0.summary]
            })
    }

    private static var messageHeaders: [String] {
        table(
            ["header", "value in ms", "meaning"],
            MessageHeader.allCases.map {
                ["`\($0.name)`", "\($0.range.lowerBound) to \($0.range.upperBound)", $0.summary]
            })
    }

    private static func figures<F: Figure>(_: F.Type) -> [String] {
        table(
            ["place", "figure", "unit", "meaning"],
            F.allCases.map { ["\($0.rawValue)", "`\($0.name)`", $0.unit.rawValue, $0.summary] })
    }

    private static var evidence: [String] {
        table(
            ["tag", "field", "unit", "meaning"],
            EvidenceField.allCases.map { ["\($0.rawValue)", "`\($0.name)`", $0.unit?.rawValue ?? "text", $0.summary] })
    }

    private static var errors: [String] {
        table(
            ["code", "name", "ends", "meaning"],
            ErrorCode.allCases.map { code in
                ["\(code.rawValue)", "`\(code.name)`", "\(code.scope)", code.summary]
            })
    }

    private static var acts: [String] {
        table(
            ["number", "act", "about", "fields", "what it does"],
            Act.allCases.map { act in
                [
                    "\(act.rawValue)", "`\(act.name)`", "\(act.subject)", act.formText,
                    act.summary + (act.isDestructive ? ". Destructive" : ""),
                ]
            })
    }

    private static var actFields: [String] {
        table(["tag", "field", "value"], ActField.allCases.map { ["\($0.rawValue)", "`\($0.name)`", $0.summary] })
    }

    private static var capabilities: [String] {
        table(["name", "meaning"], Capability.allCases.map { ["`\($0.name)`", $0.summary] })
    }

    private static var clientVectors: [String] {
        table(["frame", "bytes"], NativeVectors.client.map { [$0.title, "`\($0.hex)`"] })
    }

    private static var brokerVectors: [String] {
        table(["frame", "bytes"], (NativeVectors.broker + NativeVectors.rows).map { [$0.title, "`\($0.hex)`"] })
    }

    private static var classicVectors: [String] {
        table(["frame", "bytes"], ClassicVectors.all.map { [describe($0.frame), "`\($0.hex)`"] })
    }

    private static func describe(_ frame: ClassicFrame) -> String {
        switch frame {
        case .createTopic(let name, let retention, let window):
            "CreateTopic \(quoted(name)), retention \(retention), deduplication window \(window)"
        case .publish(let topic, let key, let payload):
            "Publish \(quoted(topic)), \(key.map { "key \(quoted(String(buffer: $0)))" } ?? "no key"), "
                + (payload.readableBytes == 0 ? "no payload" : "payload `\(payload.hex)`")
        case .subscribe(let topic): "Subscribe \(quoted(topic))"
        case .unsubscribe(let topic): "Unsubscribe \(quoted(topic))"
        case .closeConnection: "CloseConnection"
        case .commit: "Commit"
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
