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
    public let levels: [Level]

    /// - Throws: A ``NameError`` that says which rule the pattern breaks.
    public init(_ string: String) throws(NameError) {
        let parts = try Levels.split(string)
        var levels: [Level] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case "*": levels.append(.any)
            case ">":
                guard index == parts.count - 1 else { throw .tailNotLast }
                levels.append(.tail)
            default: levels.append(.literal(String(part)))
            }
        }
        self.string = string
        self.levels = levels
    }

    /// The name that this pattern is, if it has no wildcard.
    public var name: TopicName? { try? TopicName(string) }

    public func matches(_ name: TopicName) -> Bool {
        let parts = name.levels
        if name.isReserved, levels.first == .any || levels.first == .tail { return false }
        for (index, level) in levels.enumerated() {
            guard index < parts.count else { return false }
            switch level {
            case .tail: return true
            case .any: continue
            case .literal(let text): if !Levels.sameBytes(text, parts[index]) { return false }
            }
        }
        return parts.count == levels.count
    }

    public var description: String { string }

    public static func == (first: TopicPattern, second: TopicPattern) -> Bool {
        Levels.sameBytes(first.string, second.string)
    }

    public func hash(into hasher: inout Hasher) { Levels.hash(string, into: &hasher) }
}
