import Logging
import ZaichikProtocol

/// A line of the log as an event. docs/EVENTS.md.
struct EventReport: Report {
    let entry: LogEntry
    /// µs since 1970.
    let time: UInt64

    init(_ entry: LogEntry, time: UInt64) {
        self.entry = entry
        self.time = time
    }

    /// What it is about: a topic, a session, a client, or the broker.
    var key: String {
        for name in entry.kind.subjects {
            if let text = entry.metadata[name].map(ReportValue.init)?.plain, !text.isEmpty { return text }
        }
        return "broker"
    }

    var members: [(String, ReportValue)] {
        var members: [(String, ReportValue)] = [
            ("event", .text(entry.kind.name)), ("time", .number(time)), ("level", .text("\(entry.kind.level)")),
            ("text", .text(entry.message)),
        ]
        if entry.more > 0 {
            members.append(("more", .number(UInt64(entry.more))))
        } else {
            let data = entry.metadata.sorted { $0.key < $1.key }.map { ($0.key, ReportValue($0.value)) }
            members.append(("data", .object(data)))
        }
        return members
    }
}

extension ReportValue {
    /// A text that a client has chosen is one, even if it has digits only; any other that is a number is one.
    fileprivate init(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text):
            if let number = UInt64(text), String(number) == text { self = .number(number) } else { self = .text(text) }
        case .stringConvertible(let value): self = .text((value as? QuotedText)?.text ?? value.description)
        case .array(let values): self = .list(values.map { ReportValue($0) })
        case .dictionary(let values):
            self = .object(values.sorted { $0.key < $1.key }.map { ($0.key, ReportValue($0.value)) })
        }
    }

    /// As a key of messages.
    fileprivate var plain: String? {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .list, .object: nil
        }
    }
}
