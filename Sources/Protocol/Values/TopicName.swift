/// The name of a topic: levels separated by dots, such as `orders.eu`.
///
/// 1 to 255 bytes of UTF-8 without control characters; no level is empty, and none is just `*` or `>`, which
/// have a meaning in a ``TopicPattern``. A name is its bytes: texts that look alike and are encoded differently
/// are different names. docs/PROTOCOL.md, "Names".
public struct TopicName: Hashable, Sendable, CustomStringConvertible {
    /// The longest name, in bytes of UTF-8.
    public static let maximumLength = 255

    /// The first level of the names that belong to the broker itself.
    public static let reservedLevel = "$zaichik"

    /// The broker's topic of events.
    public static let events = TopicName(ofBroker: "events")
    /// The broker's topic of the ways of traced messages.
    public static let trace = TopicName(ofBroker: "trace")

    public let string: String

    private init(ofBroker level: String) { string = "\(Self.reservedLevel).\(level)" }

    /// - Throws: A ``NameError`` that says which rule the name breaks.
    public init(_ string: String) throws(NameError) {
        for level in try Levels.split(string) where level == "*" || level == ">" {
            throw .wildcard
        }
        self.string = string
    }

    /// Whether the name is one of the broker's own, which clients may read but neither create nor publish to.
    public var isReserved: Bool {
        let text = string.utf8
        return Levels.isReserved(text.span)
    }

    public var levels: [Substring] { Levels.parts(string) }
    public var description: String { string }

    public static func == (first: TopicName, second: TopicName) -> Bool {
        Levels.sameBytes(first.string, second.string)
    }

    public func hash(into hasher: inout Hasher) { Levels.hash(string, into: &hasher) }
}

/// The reason that a text is not a valid topic name or pattern.
public enum NameError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int)
    case controlCharacter
    case emptyLevel
    case wildcard
    case tailNotLast
    case notUTF8

    public var description: String {
        switch self {
        case .empty: "a topic name has at least 1 byte"
        case .tooLong(let bytes): "a topic name has at most \(TopicName.maximumLength) bytes, this has \(bytes)"
        case .controlCharacter: "a topic name has no control characters"
        case .emptyLevel: "a topic name has no empty levels: no dot at its ends, no two dots in a row"
        case .wildcard: "'*' and '>' stand in patterns only, a topic name has no level that is just one of them"
        case .tailNotLast: "'>' stands for all levels that follow, so it must be the last one of a pattern"
        case .notUTF8: "a topic name is UTF-8"
        }
    }
}
