import ZaichikProtocol

/// Settings for topics whose names match a pattern: those of a new topic that nobody has named.
public struct TopicTemplate: Equatable, Sendable {
    public var pattern: TopicPattern
    /// What differs from the defaults.
    public var settings: TopicSettingsChange

    public init(_ pattern: TopicPattern, _ settings: TopicSettingsChange) {
        self.pattern = pattern
        self.settings = settings
    }
}

extension [TopicTemplate] {
    /// The settings of a new topic: the defaults, changed by the first template whose pattern matches.
    func settings(of name: TopicName) -> TopicSettings {
        guard !name.isReserved, let template = first(where: { $0.pattern.matches(name) }) else {
            return TopicSettings()
        }
        return template.settings.applied(to: TopicSettings())
    }
}
