import FoundationEssentials

/// A JSON value, for tests that look into one.
public enum JSON: Equatable, Sendable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// - Throws: If the text is not one JSON value.
    public init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    public init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(Double.self) {
            self = .number(value)
        } else if let value = try? single.decode(String.self) {
            self = .string(value)
        } else if let value = try? single.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try single.decode([String: JSON].self))
        }
    }

    /// A member of an object; nil if it has none of the name.
    public subscript(name: String) -> JSON? { if case .object(let members) = self { members[name] } else { nil } }
    public var text: String? { if case .string(let text) = self { text } else { nil } }
    public var integer: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }
    public var elements: [JSON]? { if case .array(let values) = self { values } else { nil } }
    public var members: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
}
