import ArgumentParser
import ZaichikClient
import ZaichikProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One run of the program on a terminal, from its start at the shell to its end.
struct Session {
    let command: ZaichikTUICommand
    let settings: StartSettings
    let places: ConfigurationPlaces
    let environment: [String: String]

    func run() throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw Failure(CursesTerminal.StartError.noTerminal)
        }
        // Text written to standard error, also by the broker of a demo, would appear in the middle of the screen.
        try withoutErrors { try withDemo(runOnTerminal) }
    }

    private func runOnTerminal(_ profile: Profile) throws {
        let terminal: CursesTerminal
        do {
            terminal = try CursesTerminal(term: environment["TERM"] ?? "")
        } catch {
            throw Failure(error)
        }
        if !settings.hasMouse { terminal.setMouse(false) }
        var model = model(terminal.size, profile)
        let saved = savedState()
        saved.restore(&model)
        model.theme = settings.theme ?? saved.theme ?? .standard
        let app = App(
            model: model, terminal: terminal, link: link(profile), theme: theme(model.theme, on: terminal),
            newLink: link, files: LocalFiles(environment: environment, history: history), clock: { SystemClock.now })
        app.run()
        terminal.end()
        app.end()
        save(SavedState(app.model))
        if app.model.publish.waiting > 0 { print(Self.unanswered(app.model.publish.waiting)) }
        if !terminal.isInBackground { print(farewell(app.model)) }
    }

    /// Runs something while standard error goes to a file.
    private func withoutErrors(_ body: () throws -> Void) throws {
        StandardError.redirect(to: (environment["TMPDIR"] ?? "/tmp") + "/zaichik-tui-\(getuid()).log")
        defer { StandardError.restore() }
        try body()
    }

    /// Prints one screen.
    func runOnce(_ word: String) throws {
        guard let pane = OnceReport.pane(word, in: .standard) else {
            let names = PaneTable.standard.panes.map { $0.name.lowercased() }.joined(separator: ", ")
            throw ValidationError("--once: there is no screen '\(word)'; there are \(names)")
        }
        try withPlainDemo { profile in
            let columns = command.width ?? environment["COLUMNS"].flatMap { Int($0) } ?? 120
            var theme = Theme(scheme: .none)
            theme.isASCII = settings.isASCII
            let run = OnceRun(
                pane: pane, isJSON: command.json, columns: min(max(columns, ScreenLayout.minimum.width), 1000),
                theme: theme)
            let size = Size(width: columns, height: 50)
            try Failure.rethrow { () throws(OnceRun.Problem) in try run.run(model(size, profile), link(profile)) }
        }
    }

    /// Tells what happens, line by line.
    func runLinear() throws {
        try withPlainDemo { profile in
            LinearRun(model: model(Size(width: 120, height: 50), profile), link: link(profile)).run()
        }
    }

    /// The same without a screen: what the demo's broker says is not what was asked for.
    private func withPlainDemo(_ body: (Profile) throws -> Void) throws {
        if command.demo { try withoutErrors { try withDemo(body) } } else { try body(settings.profile) }
    }

    /// Runs something on the broker that is meant, which may be that of a demo.
    private func withDemo(_ body: (Profile) throws -> Void) throws {
        guard command.demo else { return try body(settings.profile) }
        let demo = try Failure.rethrow { () throws(Demo.StartError) in try Demo() }
        defer { demo.end() }
        var profile = settings.profile
        profile.address = demo.address
        try body(profile)
    }

    /// The model at the start.
    func model(_ size: Size, _ profile: Profile) -> Model {
        var model = Model(
            size: size, address: profile.address.description, window: profile.window ?? CommitState.standardWindow,
            panes: PaneTable(PaneTable.standard.panes, rebound: settings.keys))
        model.utcOffset = settings.isUTC ? 0 : SystemClock.utcOffset
        model.broker.isDemo = command.demo
        model.broker.session = profile.session
        model.commits.isAutomatic = !command.byHand
        model.isMouseOn = settings.hasMouse
        model.isReadOnly = profile.isReadOnly
        model.profiles = ProfileState(
            all: settings.profiles, current: settings.named, isAlwaysReadOnly: command.readOnly,
            file: command.config ?? places.configuration ?? ConfigurationPlaces.fileName)
        for rule in settings.alerts { _ = model.screens.alerts.add(rule) }
        if let history { model.publish.begin(with: history.load()) }
        return model
    }

    /// Where publishes are kept from one run to the next; what a demo publishes is not.
    private var history: HistoryFile? {
        command.demo ? nil : places.state.map { HistoryFile(directory: $0) }
    }

    /// nil for a demo, which is the same each time.
    private var statePath: String? { command.demo ? nil : places.state.map { "\($0)/\(SavedState.fileName)" } }

    /// What was remembered. A file that cannot be read is like none: the next one takes its place.
    private func savedState() -> SavedState {
        SavedState(text: statePath.flatMap { try? TextFile.read($0) } ?? "")
    }

    private func save(_ state: SavedState) {
        guard let statePath, state != savedState() else { return }
        do throws(TextFile.Problem) {
            try TextFile.write(state.text, to: statePath)
        } catch {
            print("What this program remembers is not written: \(error)")
        }
    }

    private func theme(_ name: ThemeName, on terminal: CursesTerminal) -> Theme {
        let scheme = settings.colors ?? ColorScheme(terminal: terminal.colors, environment: environment)
        var theme = Theme(
            scheme: scheme, background: settings.background ?? Background(environment: environment),
            name: name)
        theme.isASCII = settings.isASCII
        // Where no colour is used it does not matter.
        if settings.background == nil, scheme != .none, Background.canBeAsked(term: environment["TERM"] ?? "") {
            terminal.askBackground()
        }
        return theme
    }

    /// A link to the broker of a profile, which subscribes to what the profile says.
    func link(_ profile: Profile) -> any BrokerLink {
        var configuration = ClientConfiguration(name: profile.clientName ?? "zaichik-tui", program: "zaichik-tui")
        configuration.window = profile.window ?? CommitState.standardWindow
        configuration.session = profile.session.map { SessionOptions($0) }
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(250), maximumDelay: .seconds(3))
        configuration.measureRoundTrip = true
        return ClientLink(
            address: profile.address, configuration: configuration, subscriptions: profile.subscriptions)
    }

    private static func unanswered(_ count: Int) -> String {
        count == 1
            ? "1 publish was not answered: it is not known whether the broker has the message."
            : "\(count) publishes were not answered: it is not known whether the broker has the messages."
    }

    /// Says whether a broker is still running, and how to stop it.
    private func farewell(_ model: Model) -> String {
        if model.broker.isDemo { return "The demo's broker and its clients have ended." }
        let address = model.broker.address
        guard model.broker.connection.isConnected else { return "There was no connection to a broker at \(address)." }
        let target = address == BrokerAddress.standard.description ? "" : " --connect \(address)"
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
