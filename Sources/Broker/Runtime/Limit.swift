import ZaichikProtocol

/// A limit on something that a peer can make grow, or that it can make the broker wait for.
///
/// ``all`` is the only table of limits: it is made of constants from elsewhere, `zaichik serve` takes the texts of its
/// options from it, and tests compare docs/PROTOCOL.md with it.
public struct Limit: Sendable {
    public enum Unit: String, Sendable {
        case bytes, connections, topics, sessions, subscriptions, deliveries, messages, runs, lists, watches, rows,
            queries
        case producers, publishes, ranges, names
        case pings = "PINGs"
        case seconds = "s"
        case milliseconds = "ms"
    }

    public enum Default: Equatable, Sendable {
        case number(Int)
        /// A value that depends on the machine, in words.
        case computed(String)
    }

    public enum Setting: Equatable, Sendable {
        /// The name of the option of `serve`, without its dashes.
        case option(String)
        /// No option, for this reason.
        case fixed(String)
    }

    /// The name in kebab case.
    public let name: String
    /// The description of what is limited.
    public let what: String
    public let unit: Unit
    public let standard: Default
    /// The effect of reaching the limit.
    public let beyond: String
    public let setting: Setting

    init(
        _ name: String, _ what: String, _ unit: Unit, _ standard: Int, beyond: String, _ setting: Setting
    ) {
        self.init(name, what, unit, .number(standard), beyond: beyond, setting)
    }

    init(
        _ name: String, _ what: String, _ unit: Unit, _ standard: Default, beyond: String, _ setting: Setting
    ) {
        self.name = name
        self.what = what
        self.unit = unit
        self.standard = standard
        self.beyond = beyond
        self.setting = setting
    }

    public static let all = ofTheBroker + ofFrames + ofAConnection + ofRequests + ofMemory + ofTime

    /// The limit that an option of `serve` sets; nil if there is none.
    public static func set(by option: String) -> Limit? { all.first { $0.setting == .option(option) } }

    /// Such as `connections at a time. Default: 1024.`
    public var help: String {
        let text =
            switch standard {
            case .number(let number): "\(number)"
            case .computed(let words): words
            }
        return "\(what.prefix(1).uppercased())\(what.dropFirst()). Default: \(text)."
    }
}
