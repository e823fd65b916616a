/// The name of a session or of a producer: 1 to 255 bytes of UTF-8 without control characters. It is its bytes, as a
/// ``TopicName`` is, and it has no levels.
public struct SessionName: Hashable, Sendable, CustomStringConvertible {
    /// The longest name, in bytes of UTF-8.
    public static let maximumLength = 255

    public let string: String

    /// - Throws: A ``SessionNameError`` that says which rule the name breaks.
    public init(_ string: String) throws(SessionNameError) {
        let length = string.utf8.count
        guard length > 0 else { throw .empty }
        guard length <= Self.maximumLength else { throw .tooLong(bytes: length) }
        guard !Levels.hasControlCharacter(string) else { throw .controlCharacter }
        self.string = string
    }

    public var description: String { string }

    public static func == (first: SessionName, second: SessionName) -> Bool {
        Levels.sameBytes(first.string, second.string)
    }

    public func hash(into hasher: inout Hasher) { Levels.hash(string, into: &hasher) }
}

/// The reason that a text is not a valid name of a session or producer.
public enum SessionNameError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int)
    case controlCharacter
    case notUTF8

    public var description: String {
        switch self {
        case .empty: "a session's or producer's name has at least 1 byte"
        case .tooLong(let bytes):
            "a session's or producer's name has at most \(SessionName.maximumLength) bytes, this has \(bytes)"
        case .controlCharacter: "a session's or producer's name has no control characters"
        case .notUTF8: "a session's or producer's name is UTF-8"
        }
    }
}
