import FoundationEssentials

/// Any JSON, with whole numbers kept exactly.
public enum JSONValue: Hashable, Sendable, Decodable {
    case null
    case bool(Bool)
    case whole(UInt64)
    case negative(Int64)
    case real(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let whole = try? value.decode(UInt64.self) {
            self = .whole(whole)
        } else if let negative = try? value.decode(Int64.self) {
            self = .negative(negative)
        } else if let real = try? value.decode(Double.self) {
            self = .real(real)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// Reads one value.
    public init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    /// A member of an object; nil if this is none, or has no such member.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    public var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    public var array: [JSONValue]? {
        guard case .array(let array) = self else { return nil }
        return array
    }

    public var object: [String: JSONValue]? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    public var integer: Int? {
        switch self {
        case .whole(let whole): Int(exactly: whole)
        case .negative(let negative): Int(exactly: negative)
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .whole(let whole): Double(whole)
        case .negative(let negative): Double(negative)
        case .real(let real): real
        default: nil
        }
    }

    /// The name of its type in JSON Schema. A real number without a fraction is an integer, too.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .whole, .negative: "integer"
        case .real(let real): real.rounded() == real ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
