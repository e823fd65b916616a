import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// An option for each setting of a session; a test compares them with ``SessionSettings/Tag``.
struct SessionSettingOptions: ParsableArguments {
    @Flag(help: .mode)
    var mode: SessionSettings.Mode?

    @Option(help: .setting(.expiry, "time"), transform: TimeSpan.withUnit)
    var expiry: TimeSpan?

    @Option(
        name: [.customLong("deadline"), .customLong("commit-deadline")], help: .setting(.commitDeadline, "time"),
        transform: TimeSpan.deadline)
    var deadline: TimeSpan?

    @Option(help: .setting(.attempts, "deliveries"), transform: NumberText.whole(0...UInt64.max))
    var attempts: UInt64?

    @Option(help: .setting(.lagMessages, "messages"), transform: NumberText.whole(0...UInt64.max))
    var lagMessages: UInt64?

    @Option(help: .setting(.lagBytes, "size"), transform: ByteSize.read)
    var lagBytes: ByteSize?

    @Option(help: .setting(.lagOverflow, "skip|disconnect"))
    var lagOverflow: SessionSettings.LagOverflow?

    /// The settings that were named.
    var change: SessionSettingsChange {
        var change = SessionSettingsChange()
        for tag in SessionSettings.Tag.allCases {
            switch tag {
            case .mode: change[tag] = mode.map { UInt64($0.rawValue) }
            case .expiry: change[tag] = expiry?.milliseconds
            case .commitDeadline: change[tag] = deadline?.milliseconds
            case .attempts: change[tag] = attempts
            case .lagMessages: change[tag] = lagMessages
            case .lagBytes: change[tag] = lagBytes?.bytes
            case .lagOverflow: change[tag] = lagOverflow.map { UInt64($0.rawValue) }
            }
        }
        return change
    }

    /// The session of a client that attaches to it with these settings.
    func session(named name: String) -> SessionOptions {
        var session = SessionOptions(
            name, mode: mode, expiry: expiry?.duration, commitDeadline: deadline?.duration, attempts: attempts)
        session.lagMessages = lagMessages
        session.lagBytes = lagBytes?.bytes
        session.lagOverflow = lagOverflow
        return session
    }
}

extension SessionSettings.Mode: EnumerableFlag {
    public static func name(for value: SessionSettings.Mode) -> NameSpecification { .customLong(value.description) }

    public static func help(for value: SessionSettings.Mode) -> ArgumentHelp? {
        switch value {
        case .exclusive: "One connection has the session, and a newcomer takes it over. Default of a new one."
        case .shared: "Any number of connections share its messages."
        case .sharedByKey: "Likewise, and messages with one key go to one connection at a time, in order."
        }
    }
}

extension ArgumentHelp {
    fileprivate static let mode: ArgumentHelp = "How its connections share it."

    /// The meaning of a setting, and its value in a new session.
    fileprivate static func setting(_ tag: SessionSettings.Tag, _ value: String) -> ArgumentHelp {
        ArgumentHelp(
            """
            \(tag.summary.prefix(1).uppercased())\(tag.summary.dropFirst()). Default of a new one: \
            \(SessionSettings().text(tag)).
            """, valueName: value)
    }
}

extension SessionSettings.LagOverflow: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.map(\.description) }

    public init?(argument: String) {
        guard let value = Self.allCases.first(where: { $0.description == argument }) else { return nil }
        self = value
    }
}

extension TimeSpan {
    /// For a commit deadline.
    static func deadline(_ text: String) throws -> TimeSpan {
        let span = try withUnit(text)
        guard span.milliseconds == 0 || span.milliseconds >= SessionSettings.shortestDeadline else {
            throw ValidationError(
                "a deadline is 0, for none, or at least \(SessionSettings.shortestDeadline)ms.")
        }
        return span
    }
}
