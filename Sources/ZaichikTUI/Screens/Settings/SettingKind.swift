import ZaichikProtocol
import ZaichikWords

/// How a setting is typed.
enum SettingKind: Equatable, Sendable {
    /// A number with its unit.
    case time
    case size
    case count
    /// One of some words; their numbers count from 0.
    case choice([String])

    /// The number on the wire; nil if it is none.
    func value(_ text: String) -> UInt64? {
        let text = text.filter { $0 != " " }
        switch self {
        case .time: return text == "0" ? 0 : DurationText.milliseconds(text)
        case .size: return SizeText.bytes(text)
        case .count: return UInt64(text)
        case .choice(let words): return words.firstIndex(of: text.lowercased()).map { UInt64($0) }
        }
    }

    /// The text that stands for a number.
    func text(_ value: UInt64) -> String {
        switch self {
        case .time: DurationText.typed(milliseconds: value)
        case .size: SizeText.typed(value)
        case .count: String(value)
        case .choice(let words): value < UInt64(words.count) ? words[Int(value)] : ""
        }
    }

    /// What can be typed.
    var rule: String {
        switch self {
        case .time: "a time such as 500ms, 30s, 2h or 7d"
        case .size: "a size such as 64KiB, 16MiB or 1GiB"
        case .count: "a whole number"
        case .choice(let words): "← → or \(words.joined(separator: ", "))"
        }
    }
}

extension TopicSettings.Tag {
    var kind: SettingKind {
        switch self {
        case .retention, .deduplicationWindow: .time
        case .historyBytes, .limit: .size
        case .historyCount: .count
        case .overflow: .choice(TopicSettings.Overflow.allCases.map(\.description))
        case .deduplicationScope: .choice(TopicSettings.DeduplicationScope.allCases.map(\.description))
        }
    }
}

extension SessionSettings.Tag {
    var kind: SettingKind {
        switch self {
        case .expiry, .commitDeadline: .time
        case .lagBytes: .size
        case .attempts, .lagMessages: .count
        case .mode: .choice(SessionSettings.Mode.allCases.map(\.description))
        case .lagOverflow: .choice(SessionSettings.LagOverflow.allCases.map(\.description))
        }
    }
}
