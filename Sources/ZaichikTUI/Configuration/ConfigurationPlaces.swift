/// Where this program's files are, by the XDG Base Directory Specification.
struct ConfigurationPlaces: Equatable, Sendable {
    static let fileName = "terminal.yaml"

    /// nil if there is no home.
    let configuration: String?
    /// What this program remembers from one time to the next.
    let state: String?

    init(environment: [String: String]) {
        configuration = Self.directory("XDG_CONFIG_HOME", ".config", environment).map { "\($0)/\(Self.fileName)" }
        state = Self.directory("XDG_STATE_HOME", ".local/state", environment)
    }

    /// The specification has relative paths passed over.
    private static func directory(_ variable: String, _ standard: String, _ environment: [String: String]) -> String? {
        if let path = environment[variable], path.hasPrefix("/") { return "\(path)/zaichik" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/\(standard)/zaichik"
    }
}
