import Foundation

/// Holds JSON against a schema, for the parts of JSON Schema (2020-12) that the schemas in docs/schema use.
///
/// A schema with a keyword that is not known here is an error, so that nothing in a schema goes unchecked.
public struct JSONSchema: Sendable {
    /// A schema that cannot be used.
    public struct Invalid: Error, CustomStringConvertible {
        public let description: String
    }

    private static let annotations: Set<String> = [
        "$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default", "deprecated",
    ]

    private static let checks: Set<String> = [
        "$ref", "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems",
        "maxItems", "minimum", "maximum", "minLength", "maxLength", "pattern", "anyOf", "oneOf", "allOf",
        "if", "then", "else",
    ]

    private let root: JSONValue

    /// - Throws: ``Invalid`` if a keyword is not known, or a reference leads nowhere.
    public init(_ text: String) throws {
        root = try JSONValue(parsing: text)
        try Self.check(root, in: root, at: "#")
    }

    /// - Parameter name: The part of the file's name before `.schema.json`.
    public static func named(_ name: String) throws -> JSONSchema {
        try JSONSchema(String(contentsOf: url(name), encoding: .utf8))
    }

    static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/schema/\(name).schema.json")
    }

    /// - Returns: What is wrong with a value, each with its place; empty if nothing is.
    public func problems(of value: JSONValue) -> [String] {
        var problems: [String] = []
        check(value, root, "$", &problems)
        return problems
    }

    /// The same for the text of a value.
    public func problems(in text: String) -> [String] {
        guard let value = try? JSONValue(parsing: text) else { return ["this is not JSON: \(text)"] }
        return problems(of: value)
    }

    // MARK: The schema itself

    private static func check(_ schema: JSONValue, in root: JSONValue, at place: String) throws {
        if case .bool = schema { return }
        guard let members = schema.object else { throw Invalid(description: "\(place) is no schema") }
        for (name, value) in members {
            let place = "\(place)/\(name)"
            guard annotations.contains(name) || checks.contains(name) else {
                throw Invalid(description: "\(place): the tests do not know this keyword")
            }
            switch name {
            case "$ref":
                guard resolve(value, in: root) != nil else { throw Invalid(description: "\(place) leads nowhere") }
            case "properties", "$defs":
                for (key, part) in value.object ?? [:] { try check(part, in: root, at: "\(place)/\(key)") }
            case "items", "additionalProperties", "if", "then", "else": try check(value, in: root, at: place)
            case "anyOf", "oneOf", "allOf":
                for (index, part) in (value.array ?? []).enumerated() {
                    try check(part, in: root, at: "\(place)/\(index)")
                }
            case "pattern":
                guard let pattern = value.string, (try? Regex(pattern)) != nil else {
                    throw Invalid(description: "\(place) is no regular expression")
                }
            default: break
            }
        }
    }

    private static func resolve(_ reference: JSONValue, in root: JSONValue) -> JSONValue? {
        guard let path = reference.string, path.hasPrefix("#") else { return nil }
        return path.dropFirst().split(separator: "/").reduce(root as JSONValue?) { $0?[String($1)] }
    }

    // MARK: A value

    private func check(_ value: JSONValue, _ schema: JSONValue, _ place: String, _ problems: inout [String]) {
        if case .bool(let isAllowed) = schema {
            if !isAllowed { problems.append("\(place) is not in the schema") }
            return
        }
        if let target = schema["$ref"].flatMap({ Self.resolve($0, in: root) }) {
            check(value, target, place, &problems)
        }
        if let type = schema["type"], !Self.matches(value, type) {
            problems.append("\(place) is \(value.typeName), not \(type.string ?? "one of its types")")
            return
        }
        checkChoice(value, schema, place, &problems)
        checkBounds(value, schema, place, &problems)
        if let object = value.object { checkMembers(object, schema, place, &problems) }
        if let array = value.array, let items = schema["items"] {
            for (index, element) in array.enumerated() { check(element, items, "\(place)[\(index)]", &problems) }
        }
    }

    private static func matches(_ value: JSONValue, _ type: JSONValue) -> Bool {
        let names = type.array?.compactMap(\.string) ?? [type.string].compactMap(\.self)
        return names.contains(value.typeName) || (value.number != nil && names.contains("number"))
    }

    private func checkChoice(
        _ value: JSONValue, _ schema: JSONValue, _ place: String, _ problems: inout [String]
    ) {
        if let choices = schema["enum"]?.array, !choices.contains(value) {
            problems.append("\(place) is none of the values that there are")
        }
        if let constant = schema["const"], constant != value { problems.append("\(place) is not the one value") }
        func fits(_ part: JSONValue) -> Bool {
            var found: [String] = []
            check(value, part, place, &found)
            return found.isEmpty
        }
        if let parts = schema["anyOf"]?.array, !parts.contains(where: fits) {
            problems.append("\(place) fits none of the schemas")
        }
        if let parts = schema["oneOf"]?.array {
            let count = parts.count(where: fits)
            if count != 1 { problems.append("\(place) fits \(count) of the schemas, not one") }
        }
        for part in schema["allOf"]?.array ?? [] { check(value, part, place, &problems) }
        if let condition = schema["if"], let part = schema[fits(condition) ? "then" : "else"] {
            check(value, part, place, &problems)
        }
    }

    private func checkBounds(
        _ value: JSONValue, _ schema: JSONValue, _ place: String, _ problems: inout [String]
    ) {
        func holds(_ number: Double, _ least: String, _ most: String, _ what: String) {
            if let least = schema[least]?.number, number < least {
                problems.append("\(place): \(what) is below \(least)")
            }
            if let most = schema[most]?.number, number > most { problems.append("\(place): \(what) is above \(most)") }
        }
        if let number = value.number { holds(number, "minimum", "maximum", "the number") }
        if let array = value.array { holds(Double(array.count), "minItems", "maxItems", "the count") }
        guard let string = value.string else { return }
        holds(Double(string.unicodeScalars.count), "minLength", "maxLength", "the length")
        if let pattern = schema["pattern"]?.string, let regex = try? Regex(pattern), string.firstMatch(of: regex) == nil
        {
            problems.append("\(place) does not match \(pattern)")
        }
    }

    private func checkMembers(
        _ members: [String: JSONValue], _ schema: JSONValue, _ place: String, _ problems: inout [String]
    ) {
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
            problems.append("\(place) has no '\(name)'")
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if let part = schema["properties"]?[name] {
                check(value, part, "\(place).\(name)", &problems)
            } else if let rest = schema["additionalProperties"] {
                check(value, rest, "\(place).\(name)", &problems)
            }
        }
    }
}
