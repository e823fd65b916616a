import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Creates a topic or changes its settings, and says what was done.
struct SettingsRequest {
    var name: String
    var change: TopicSettingsChange
    /// Whether a topic that does not exist is an error instead of being created.
    var mustExist: Bool

    func run(_ connection: ConnectOptions) async throws {
        let client = try await connection.connect("topic")
        let before = try await client.detail(ofTopic: name, rows: 0)?.topic.settings
        if before == nil, mustExist { throw CommandFailure.unknownTopic(name, client) }
        let outcome = try await client.createTopic(name, settings: change)
        await client.close()
        var output = StandardOutput()
        output.line((mustExist ? "" : Self.existing(outcome)) + Self.text(outcome, before: before, change))
        try output.flush()
    }

    private static func existing(_ outcome: TopicOutcome) -> String {
        outcome == .created ? "" : "exists already, "
    }

    /// What was done, in words.
    static func text(_ outcome: TopicOutcome, before: TopicSettings?, _ change: TopicSettingsChange) -> String {
        SettingsText.text(outcome, before: before, change)
    }
}

/// Creates a session or changes its settings, and says what was done.
struct SessionSettingsRequest {
    var name: String
    var change: SessionSettingsChange
    /// Whether a session that does not exist is an error instead of being created.
    var mustExist: Bool

    func run(_ connection: ConnectOptions) async throws {
        let client = try await connection.connect("session")
        let before = try await client.detail(ofSession: name, rows: 0)?.session.settings
        if before == nil, mustExist { throw CommandFailure.unknownSession(name, client) }
        let outcome = try await client.createSession(name, settings: change)
        await client.close()
        var output = StandardOutput()
        output.line(
            (mustExist || outcome == .created ? "" : "exists already, ")
                + SettingsText.text(outcome, before: before, change))
        try output.flush()
    }
}

/// Settings that people read.
protocol ReadableSettings: SettingsTable {
    func text(_ tag: Tag) -> String
}

extension TopicSettings: ReadableSettings {}
extension SessionSettings: ReadableSettings {}

/// What became of settings, in words.
enum SettingsText {
    /// - Parameter before: The settings before the change; nil if what they belong to was not there.
    static func text<Settings: ReadableSettings>(
        _ outcome: TopicOutcome, before: Settings?, _ change: SettingsChange<Settings>
    ) -> String {
        switch outcome {
        case .created: return "created"
        case .unchanged: return "unchanged"
        case .changed:
            // Created and changed by others in between: what it had is not known.
            guard let before else { return "changed" }
            let after = change.applied(to: before)
            let changes = Settings.Tag.allCases.filter { before[$0] != after[$0] }.map { tag in
                "\(tag.name) \(before.text(tag)) → \(after.text(tag))"
            }
            return "changed: \(changes.joined(separator: ", "))"
        }
    }
}
