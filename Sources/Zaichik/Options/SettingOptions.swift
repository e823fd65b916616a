import ArgumentParser
import ZaichikProtocol
import ZaichikWords

/// An option for each setting of a topic; a test compares them with ``TopicSettings/Tag``.
struct SettingOptions: ParsableArguments {
    @Option(help: .setting(.retention, "time"), transform: TimeSpan.withUnit)
    var retention: TimeSpan?

    @Option(help: .setting(.historyBytes, "size"), transform: ByteSize.read)
    var historyBytes: ByteSize?

    @Option(help: .setting(.historyCount, "messages"))
    var historyCount: UInt64?

    @Option(help: .setting(.limit, "size"), transform: ByteSize.read)
    var limit: ByteSize?

    @Option(help: .setting(.overflow, "drop|reject|block"))
    var overflow: TopicSettings.Overflow?

    @Option(help: .setting(.deduplicationWindow, "time"), transform: TimeSpan.withUnit)
    var dedupWindow: TimeSpan?

    @Option(help: .setting(.deduplicationScope, "consumer|topic"))
    var dedupScope: TopicSettings.DeduplicationScope?

    /// The settings that were named.
    var change: TopicSettingsChange {
        var change = TopicSettingsChange()
        for tag in TopicSettings.Tag.allCases {
            switch tag {
            case .retention: change[tag] = retention?.milliseconds
            case .historyBytes: change[tag] = historyBytes?.bytes
            case .historyCount: change[tag] = historyCount
            case .limit: change[tag] = limit?.bytes
            case .overflow: change[tag] = overflow.map { UInt64($0.rawValue) }
            case .deduplicationWindow: change[tag] = dedupWindow?.milliseconds
            case .deduplicationScope: change[tag] = dedupScope.map { UInt64($0.rawValue) }
            }
        }
        return change
    }
}

extension ArgumentHelp {
    /// The meaning of a setting, and its value in a new topic.
    static func setting(_ tag: TopicSettings.Tag, _ value: String) -> ArgumentHelp {
        ArgumentHelp(
            "\(tag.summary.prefix(1).uppercased())\(tag.summary.dropFirst()). Default: \(TopicSettings().text(tag)).",
            valueName: value)
    }
}

// The values are written as in the settings' own descriptions.
extension TopicSettings.Overflow: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.map(\.description) }

    public init?(argument: String) {
        guard let value = Self.allCases.first(where: { $0.description == argument }) else { return nil }
        self = value
    }
}

extension TopicSettings.DeduplicationScope: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.map(\.description) }

    public init?(argument: String) {
        guard let value = Self.allCases.first(where: { $0.description == argument }) else { return nil }
        self = value
    }
}
