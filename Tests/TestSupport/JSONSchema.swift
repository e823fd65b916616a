/// The parts of JSON Schema that the schemas in docs/ use: `type`, `enum`, `const`, `required`, `properties`,
/// `additionalProperties`, `items`, `minimum`, `allOf`, `if`/`then`, and `$ref` to `#/$defs/…`.
public struct JSONSchema: Sendable {
    private let root: JSON

    private static let known: Set<String> = [
        "$schema", "$id", "$defs", "$ref", "title", "description", "type", "enum", "const", "required", "properties",
        "additionalProperties", "items", "minimum", "allOf", "if", "then",
    ]

    public init(_ root: JSON) { self.root = root }

    /// What is wrong with a value, each with its place; empty if it is valid.
    public func faults(of value: JSON) -> [String] { faults(value, root, at: "$") }

    private func faults(_ value: JSON, _ schema: JSON, at place: String) -> [String] {
        guard case .object(let rules) = schema else {
            return schema == .bool(false) ? ["\(place) may not be there"] : []
        }
        var faults: [String] = []
        for rule in rules.keys where !Self.known.contains(rule) {
            faults.append("\(place): the schema has '\(rule)', which is not understood here")
        }
        if let name = rules["$ref"]?.text?.split(separator: "/").last, let part = root["$defs"]?[String(name)] {
            faults += self.faults(value, part, at: place)
        }
        faults += simple(value, rules, at: place)
        if let items = rules["items"], let elements = value.elements {
            for (index, element) in elements.enumerated() {
                faults += self.faults(element, items, at: "\(place)[\(index)]")
            }
        }
        if let members = value.members { faults += ofMembers(members, rules, at: place) }
        for part in rules["allOf"]?.elements ?? [] { faults += self.faults(value, part, at: place) }
        if let condition = rules["if"], let then = rules["then"], self.faults(value, condition, at: place).isEmpty {
            faults += self.faults(value, then, at: place)
        }
        return faults
    }

    private func simple(_ value: JSON, _ rules: [String: JSON], at place: String) -> [String] {
        var faults: [String] = []
        let types = rules["type"].map { $0.elements ?? [$0] }?.compactMap(\.text)
        if let types, !types.contains(where: { isOf($0, value) }) {
            faults.append("\(place) is not of type \(types.joined(separator: " or "))")
        }
        if let choice = rules["enum"]?.elements, !choice.contains(value) {
            faults.append("\(place) is none of the choices")
        }
        if let constant = rules["const"], constant != value { faults.append("\(place) is not \(constant)") }
        if case .number(let least)? = rules["minimum"], case .number(let number) = value, number < least {
            faults.append("\(place) is below \(least)")
        }
        return faults
    }

    private func ofMembers(_ members: [String: JSON], _ rules: [String: JSON], at place: String) -> [String] {
        var faults: [String] = []
        for name in rules["required"]?.elements ?? [] where members[name.text ?? ""] == nil {
            faults.append("\(place) has no '\(name.text ?? "")'")
        }
        let properties = rules["properties"]?.members ?? [:]
        for (name, member) in members {
            if let rule = properties[name] ?? rules["additionalProperties"] {
                faults += self.faults(member, rule, at: "\(place).\(name)")
            }
        }
        return faults
    }

    private func isOf(_ type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null),
            ("number", .number):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }
}
