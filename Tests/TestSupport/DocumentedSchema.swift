import Foundation

/// The schemas of what the broker tells of itself, in docs/schema.
public enum DocumentedSchema {
    public static let events = read("events")
    public static let trace = read("trace")

    /// Its JSON, for tests that hold its lists against the code.
    public static func json(_ name: String) -> JSONValue {
        do {
            return try JSONValue(parsing: String(contentsOf: JSONSchema.url(name), encoding: .utf8))
        } catch {
            preconditionFailure("docs/schema/\(name).schema.json cannot be read: \(error)")
        }
    }

    private static func read(_ name: String) -> JSONSchema {
        do {
            return try JSONSchema.named(name)
        } catch {
            preconditionFailure("docs/schema/\(name).schema.json cannot be used: \(error)")
        }
    }
}
