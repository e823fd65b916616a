/// A pattern over topic names: `*` stands for one level, a last `>` for one or more levels that follow.
///
/// A plain name is a pattern that matches just itself. Wildcards at the first level do not match the broker's
/// own names (`$zaichik.…`).
public struct TopicPattern: Hashable, Sendable, CustomStringConvertible {
    public enum Level: Hashable, Sendable {
        case literal(String)
        case any
        case tail

        public static func == (first: Level, second: Level) -> Bool {
            switch (first, second) {
            case (.literal(let first), .literal(let second)): Levels.sameBytes(first, second)
            case (.any, .any), (.tail, .tail): true
            case (.literal, _), (.any, _), (.tail, _): false
            }
        }

        public func hash(into hasher: inout Hasher) {
            switch self {
            case .literal(let text): Levels.hash(text, into: &hasher)
            case .any: hasher.combine(0)
            case .tail: hasher.combine(1)
            }
        }
    }

    public let string: String

    /// - Throws: A ``NameError`` that says which rule the pattern breaks.
    public init(_ string: String) throws(NameError) {
        for level in try Levels.split(string).dropLast() where level == ">" { throw .tailNotLast }
        self.string = string
    }

    /// Computed on demand: brokers have many patterns, and match them by their bytes.
    public var levels: [Level] {
        Levels.parts(string).map { part in
            switch part {
            case "*": .any
            case ">": .tail
            default: .literal(String(part))
            }
        }
    }

    /// The pattern as a name; nil if it has a wildcard.
    public var name: TopicName? { try? TopicName(string) }

    public func matches(_ name: TopicName) -> Bool {
        let (pattern, name) = (string.utf8, name.string.utf8)
        return Levels.matches(pattern.span, name.span)
    }

    public var description: String { string }

    public static func == (first: TopicPattern, second: TopicPattern) -> Bool {
        Levels.sameBytes(first.string, second.string)
    }

    public func hash(into hasher: inout Hasher) { Levels.hash(string, into: &hasher) }
}
