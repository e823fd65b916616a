import ZaichikProtocol

/// A setting of a topic or of a session as an entry of the configuration.
protocol ConfiguredTag: SettingTag {
    var kind: ConfigurationKind { get }
}

extension ConfiguredTag {
    /// The value of the configuration for a number on the wire.
    func value(_ number: UInt64) -> ConfigurationValue {
        guard case .choice(let words) = kind else { return .number(number) }
        return .text(words[Int(number)])
    }

    /// The number on the wire for a value of the configuration; nil if it is none.
    func number(_ value: ConfigurationValue) -> UInt64? {
        switch (kind, value) {
        case (.choice(let words), .text(let text)): words.firstIndex(of: text).map(UInt64.init)
        case (_, .number(let number)): number
        default: nil
        }
    }
}

// The words of choices are in the order of their numbers.
extension TopicSettings.Tag: ConfiguredTag {
    var kind: ConfigurationKind {
        switch self {
        case .retention, .deduplicationWindow: .time(0...UInt64.max)
        case .historyBytes, .limit: .size(0...UInt64.max)
        case .historyCount: .number(0...UInt64.max)
        case .overflow: .choice(TopicSettings.Overflow.allCases.map(\.description))
        case .deduplicationScope: .choice(TopicSettings.DeduplicationScope.allCases.map(\.description))
        }
    }
}

extension SessionSettings.Tag: ConfiguredTag {
    var kind: ConfigurationKind {
        switch self {
        case .mode: .choice(SessionSettings.Mode.allCases.map(\.description))
        case .expiry: .time(0...UInt64.max)
        case .commitDeadline: .timeOrZero(SessionSettings.shortestDeadline...UInt64.max)
        case .attempts, .lagMessages: .number(0...UInt64.max)
        case .lagBytes: .size(0...UInt64.max)
        case .lagOverflow: .choice(SessionSettings.LagOverflow.allCases.map(\.description))
        }
    }
}
