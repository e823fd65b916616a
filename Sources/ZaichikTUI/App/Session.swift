import ArgumentParser
import ZaichikClient
import ZaichikProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One run of the program, from its start at the shell to its end.
struct Session {
    let command: ZaichikTUICommand
    let environment: [String: String]

    func run(_ chosen: BrokerAddress, _ patterns: [TopicPattern]) throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw Failure(CursesTerminal.StartError.noTerminal)
        }
        // Text written to standard error, also by the broker of a demo, would appear in the middle of the screen.
        let log = (environment["TMPDIR"] ?? "/tmp") + "/zaichik-tui-\(getuid()).log"
        StandardError.redirect(to: log)
        defer { StandardError.restore() }
        let demo = command.demo ? try Failure.rethrow { () throws(Demo.StartError) in try Demo() } : nil
        defer { demo?.end() }
        let address = demo?.address ?? chosen
        let terminal: CursesTerminal
        do {
            terminal = try CursesTerminal(term: environment["TERM"] ?? "")
        } catch {
            throw Failure(error)
        }
        if command.noMouse { terminal.setMouse(false) }
        let model = model(terminal, address)
        let app = App(
            model: model, terminal: terminal, link: link(address, patterns, window: model.commits.window),
            theme: theme(on: terminal), files: LocalFiles(environment: environment, history: history),
            clock: { SystemClock.now })
        app.run()
        terminal.end()
        app.end()
        if app.model.publish.waiting > 0 { print(Self.unanswered(app.model.publish.waiting)) }
        if !terminal.isInBackground { print(farewell(app.model, address)) }
    }

    private func model(_ terminal: CursesTerminal, _ address: BrokerAddress) -> Model {
        var model = Model(size: terminal.size, address: address.description, window: command.window)
        model.utcOffset = command.utc ? 0 : SystemClock.utcOffset
        model.broker.isDemo = command.demo
        model.broker.session = command.session
        model.commits.isAutomatic = !command.byHand
        model.isMouseOn = !command.noMouse
        model.isReadOnly = command.readOnly
        for rule in command.alert { _ = model.screens.alerts.add(rule) }
        if let history { model.publish.begin(with: history.load()) }
        return model
    }

    /// Where publishes are kept from one run to the next; what a demo publishes is not.
    private var history: HistoryFile? {
        command.demo ? nil : HistoryFile.directory(environment: environment).map { HistoryFile(directory: $0) }
    }

    private func theme(on terminal: CursesTerminal) -> Theme {
        let scheme = command.colors ?? ColorScheme(terminal: terminal.colors, environment: environment)
        if let chosen = command.background { return Theme(scheme: scheme, background: chosen) }
        // Where no colour is used it does not matter.
        if scheme != .none, Background.canBeAsked(term: environment["TERM"] ?? "") { terminal.askBackground() }
        return Theme(scheme: scheme, background: Background(environment: environment))
    }

    private func link(_ address: BrokerAddress, _ patterns: [TopicPattern], window: UInt32) -> ClientLink {
        var configuration = ClientConfiguration(name: command.name, program: "zaichik-tui")
        configuration.window = window
        configuration.session = command.session.map { SessionOptions($0) }
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(250), maximumDelay: .seconds(3))
        configuration.measureRoundTrip = true
        return ClientLink(address: address, configuration: configuration, subscriptions: patterns)
    }

    private static func unanswered(_ count: Int) -> String {
        count == 1
            ? "1 publish was not answered: it is not known whether the broker has the message."
            : "\(count) publishes were not answered: it is not known whether the broker has the messages."
    }

    /// Says whether a broker is still running, and how to stop it.
    private func farewell(_ model: Model, _ address: BrokerAddress) -> String {
        if model.broker.isDemo { return "The demo's broker and its clients have ended." }
        guard model.broker.connection.isConnected else { return "There was no connection to a broker at \(address)." }
        let target = address == .standard ? "" : " --connect \(address)"
        // On a line of its own, for copying.
        return """
            The broker at \(address) is still running. To stop it:
              \(Neighbour.command(environment: environment)) stop\(target)
            """
    }
}

/// An error for the shell: printed as one line, without a usage text.
struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ error: any Error) { description = "\(error)" }

    static func rethrow<Value, Problem: Error>(_ body: () throws(Problem) -> Value) throws(Failure) -> Value {
        do throws(Problem) {
            return try body()
        } catch {
            throw Failure(error)
        }
    }
}
