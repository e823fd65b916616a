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

    @Flag(help: "Start a broker of its own with fast and slow clients, and end all that on leaving.")
    var demo = false

    @Option(name: .shortAndLong, help: "Subscribe to a topic or pattern at once; may be given several times.")
    var subscribe: [String] = []

    @Option(
        help: "How many deliveries may be in flight, up to \(FrameLimits.window); 0 begins with a pause.",
        transform: ZaichikTUICommand.window)
    var window = CommitState.standardWindow

    @Option(
        help: ArgumentHelp(
            "Attach to this session, and create it if there is none: its subscriptions and what is not committed outlive this program.",
            valueName: "name"),
        transform: ZaichikTUICommand.session)
    var session: String?

    @Flag(help: "Commit by hand from the start: be the slow client.")
    var byHand = false

    @Option(help: "The name that the lists of clients show.")
    var name = "zaichik-tui"

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
        let address: BrokerAddress
        do throws(AddressError) {
            address = try BrokerAddress.resolve(option: connect, environment: environment)
        } catch {
            throw ValidationError("\(error)")
        }
        try Session(command: self, environment: environment).run(address, patterns)
    }
}

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
