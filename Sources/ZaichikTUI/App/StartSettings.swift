import ZaichikClient
import ZaichikProtocol

/// What holds for one run of the program: options first, then the environment, then the configuration.
struct StartSettings: Sendable {
    /// Why the options and the configuration do not go together.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// The broker, and how this program behaves towards it.
    var profile: Profile
    /// The profile that was chosen; nil if the broker was named without one.
    var named: Profile?
    var profiles: [Profile]
    /// nil: the one that was chosen last.
    var theme: ThemeName?
    /// nil: what the terminal has.
    var colors: ColorScheme?
    /// nil: what the terminal says.
    var background: Background?
    var isASCII: Bool
    var hasMouse: Bool
    var isUTC: Bool
    var keys: [String: [Key]]
    var alerts: [AlertRule]

    /// The words of the command line that the configuration may have, too.
    struct Options: Sendable {
        var connect: String?
        var profile: String?
        var theme: ThemeName?
        var colors: ColorScheme?
        var background: Background?
        var isASCII = false
        var isWithoutMouse = false
        var isUTC = false
        var isReadOnly = false
        var name: String?
        var session: String?
        var window: UInt32?
        var subscriptions: [TopicPattern] = []
        var isDemo = false
        var alerts: [AlertRule] = []
    }

    init(_ options: Options, _ configuration: TerminalConfiguration, environment: [String: String]) throws {
        let named = try Self.profile(options, configuration, environment)
        var profile = named ?? Profile()
        if named == nil, !options.isDemo {
            profile.address = try BrokerAddress.resolve(option: options.connect, environment: environment)
        }
        profile.isReadOnly = profile.isReadOnly || options.isReadOnly
        profile.clientName = options.name ?? profile.clientName
        profile.session = options.session ?? profile.session
        profile.window = options.window ?? profile.window
        if !options.subscriptions.isEmpty { profile.subscriptions = options.subscriptions }
        self.profile = profile
        self.named = named
        profiles = configuration.profiles
        theme = options.theme ?? configuration.theme
        colors = options.colors ?? configuration.colors
        background = options.background ?? configuration.background
        isASCII = options.isASCII || configuration.isASCII ?? false
        hasMouse = !options.isWithoutMouse && configuration.hasMouse ?? true
        isUTC = options.isUTC || configuration.isUTC ?? false
        keys = configuration.keys
        alerts = configuration.alerts + options.alerts
    }

    /// - Returns: nil if an option or the environment names the broker, or nothing does.
    private static func profile(
        _ options: Options, _ configuration: TerminalConfiguration, _ environment: [String: String]
    ) throws -> Profile? {
        if options.isDemo { return nil }
        if let name = options.profile {
            guard options.connect == nil else {
                throw Problem(description: "--profile and --connect both name a broker: leave one of them out")
            }
            guard let profile = configuration.profile(named: name) else {
                let names = configuration.profiles.map(\.name)
                let known =
                    names.isEmpty ? "the configuration has no profiles" : "there are \(names.joined(separator: ", "))"
                throw Problem(description: "there is no profile '\(name)'; \(known)")
            }
            return profile
        }
        guard options.connect == nil, (environment[BrokerAddress.environmentVariable] ?? "").isEmpty else { return nil }
        return configuration.profile.flatMap(configuration.profile(named:))
    }
}
