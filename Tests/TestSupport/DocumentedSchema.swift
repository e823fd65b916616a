import FoundationEssentials

/// The schemas in docs/schema.
public enum DocumentedSchema {
    public static let events = read("events")
    public static let trace = read("trace")

    /// Its JSON, for tests that hold its lists against the code.
    public static func json(_ name: String) -> JSON {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(folder)/docs/schema/\(name).schema.json"
        do {
            return try JSON(parsing: String(contentsOf: URL(filePath: path), encoding: .utf8))
        } catch {
            preconditionFailure("docs/schema/\(name).schema.json cannot be read: \(error)")
        }
    }

    private static func read(_ name: String) -> JSONSchema { JSONSchema(json(name)) }
}
