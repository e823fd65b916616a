/// What the file of this program's configuration says. Options of the command line go before it.
struct TerminalConfiguration: Equatable, Sendable {
    /// The name of the profile that is meant without `--profile` and `--connect`.
    var profile: String?
    var profiles: [Profile] = []
    var theme: ThemeName?
    var colors: ColorScheme?
    var background: Background?
    var isASCII: Bool?
    var hasMouse: Bool?
    var isUTC: Bool?
    /// Besides those of the command line.
    var alerts: [AlertRule] = []
    /// Other keys, by the names of actions.
    var keys: [String: [Key]] = [:]

    func profile(named name: String) -> Profile? { profiles.first { $0.name == name } }
}
