import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikSystem
import ZaichikWords

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@main
struct ZaichikTUICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zaichik-tui",
        abstract: "Watch a zaichik broker: its clients and how far behind each is, its topics and messages.",
        discussion: """
            Press ? inside for the keys. Try it without a broker of your own: zaichik-tui --demo

            NO_COLOR, if set, switches colours off. ZAICHIK_ADDRESS says which broker is meant without --connect.
            """,
        version: ZaichikVersion.string)

    @Option(help: "The broker: HOST:PORT. Without it ZAICHIK_ADDRESS, else 127.0.0.1:8889.")
    var connect: String?

    @Option(help: "A broker of the configuration, by its name.")
    var profile: String?

    @Option(help: "The configuration; without it ~/.config/zaichik/terminal.yaml, if there is one.")
    var config: String?

    @Flag(help: "Start a broker of its own with fast and slow clients, and end all that on leaving.")
    var demo = false

    @Option(name: .shortAndLong, help: "Subscribe to a topic or pattern at once; may be given several times.")
    var subscribe: [String] = []

    @Option(
        help:
            "How many deliveries may be in flight, up to \(FrameLimits.window); 0 begins with a pause. Without it \(CommitState.standardWindow).",
        transform: ZaichikTUICommand.window)
    var window: UInt32?

    @Option(
        help: ArgumentHelp(
            "Attach to this session, and create it if there is none: its subscriptions and what is not committed outlive this program.",
            valueName: "name"),
        transform: ZaichikTUICommand.session)
    var session: String?

    @Flag(help: "Commit by hand from the start: be the slow client.")
    var byHand = false

    @Option(help: "The name that the lists of clients show; without it zaichik-tui.")
    var name: String?

    @Option(help: "standard, dark, light, high-contrast, color-blind or monochrome.")
    var theme: ThemeName?

    @Option(help: "256, 16, 8 or none; without it what the terminal has, and none with NO_COLOR.")
    var colors: ColorScheme?

    @Option(help: "dark or light; without it what the terminal says, or COLORFGBG.")
    var background: Background?

    @Flag(help: "Times in UTC; without it in local time. The header says which.")
    var utc = false

    @Flag(help: "Only look: no publishes, and no acts on clients, sessions and topics.")
    var readOnly = false

    @Option(
        help: ArgumentHelp(
            "Watch a condition, such as 'lag > 1000 for 30s'; may be given several times. ! inside sets more.",
            valueName: "rule"),
        transform: ZaichikTUICommand.alert)
    var alert: [AlertRule] = []

    @Flag(help: "Leave the mouse to the terminal.")
    var noMouse = false

    @Flag(help: "Draw with ASCII only.")
    var ascii = false

    @Option(
        help: ArgumentHelp(
            "Print one screen (clients, topics, …) and leave: for pipes, without a terminal.", valueName: "screen"))
    var once: String?

    @Flag(help: "With --once: as a JSON object, with all figures.")
    var json = false

    @Option(
        help: "With --once: how wide the screen is; without it COLUMNS, else 120.", transform: ZaichikTUICommand.width)
    var width: Int?

    @Flag(help: "Tell in sentences what changes, line by line, without drawing: for screen readers and logs.")
    var linear = false

    @Flag(help: "Print the table of keys as Markdown and leave.")
    var printKeys = false

    static func main() {
        StandardDescriptors.open()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            end(error)
        }
    }

    /// Tells what is wrong on one line.
    private static func end(_ error: any Error) -> Never {
        let code = error is Failure ? ExitCode.failure : exitCode(for: error)
        // Help and versions come as errors, too.
        guard code != .success else { exit(withError: error) }
        var lines = message(for: error).split(separator: "\n").map { $0.drop { $0 == " " } }
        // What may be chosen comes as a list, a line each.
        let choices = lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }.joined(separator: ", ")
        lines.removeAll { $0.hasPrefix("- ") }
        let text = lines.joined(separator: " ") + (choices.isEmpty ? "" : " \(choices)")
        let help = code == .validationFailure ? " (try 'zaichik-tui --help')" : ""
        StandardError.say("zaichik-tui: \(text)\(help)")
        exit(withError: code)
    }

    private static func window(_ text: String) throws -> UInt32 {
        guard let window = UInt32(text), window <= FrameLimits.window else {
            throw ValidationError("use a whole number, 0 to \(FrameLimits.window).")
        }
        return window
    }

    private static func alert(_ text: String) throws -> AlertRule {
        do throws(AlertRuleError) {
            return try AlertRule(text)
        } catch {
            throw ValidationError("\(error).")
        }
    }

    private static func width(_ text: String) throws -> Int {
        guard let width = Int(text), (ScreenLayout.minimum.width...1000).contains(width) else {
            throw ValidationError("use a whole number, \(ScreenLayout.minimum.width) to 1000.")
        }
        return width
    }

    private static func session(_ text: String) throws -> String {
        do throws(SessionNameError) {
            return try SessionName(text).string
        } catch {
            throw ValidationError("\(error).")
        }
    }

    func run() throws {
        if printKeys { return print(KeyDocument.markdown(.standard), terminator: "") }
        var patterns: [TopicPattern] = []
        for text in subscribe + (demo && subscribe.isEmpty ? ["orders.>", "письма.*", "chat.*"] : []) {
            do throws(NameError) {
                patterns.append(try TopicPattern(text))
            } catch {
                throw ValidationError("--subscribe: " + ErrorText.topicPattern(text, error))
            }
        }
        if demo, connect != nil { throw ValidationError("--demo has a broker of its own: leave --connect out") }
        let environment = Environment.variables
        let places = ConfigurationPlaces(environment: environment)
        let configuration = try configuration(places)
        let settings: StartSettings
        do {
            settings = try StartSettings(options(patterns), configuration, environment: environment)
        } catch {
            throw ValidationError("\(error)")
        }
        let session = Session(command: self, settings: settings, places: places, environment: environment)
        if let once { return try session.runOnce(once) }
        if json { throw ValidationError("--json belongs to --once SCREEN") }
        try linear ? session.runLinear() : session.run()
    }

    private func options(_ patterns: [TopicPattern]) -> StartSettings.Options {
        StartSettings.Options(
            connect: connect, profile: profile, theme: theme, colors: colors, background: background, isASCII: ascii,
            isWithoutMouse: noMouse, isUTC: utc, isReadOnly: readOnly, name: name, session: session, window: window,
            subscriptions: patterns, isDemo: demo, alerts: alert)
    }

    /// The configuration of the file that was named, or of the usual one if it is there.
    private func configuration(_ places: ConfigurationPlaces) throws -> TerminalConfiguration {
        guard let path = config ?? places.configuration else { return TerminalConfiguration() }
        guard let text = try Failure.rethrow({ () throws(TextFile.Problem) in try TextFile.read(path) }) else {
            guard config == nil else { throw ValidationError("--config: there is no file '\(path)'") }
            return TerminalConfiguration()
        }
        let reader = ConfigurationReader(text, file: path)
        guard let problem = reader.problems.first else { return reader.configuration }
        let more = reader.problems.count - 1
        let rest = more > 0 ? " (and \(more) more in this file)" : ""
        throw Failure(ConfigurationProblem(place: problem.place, text: problem.text + rest))
    }
}

extension ThemeName: ExpressibleByArgument {}
extension ColorScheme: ExpressibleByArgument {}
extension Background: ExpressibleByArgument {}

/// The environment variables, read once.
enum Environment {
    static var variables: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
