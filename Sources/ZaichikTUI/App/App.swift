/// The loop: events in, effects out, the screen brought up to date. The only place that carries out effects.
final class App {
    /// Between two drawings, in µs: 20 a second at most.
    static let frameInterval: UInt64 = 50_000
    /// While there is no connection the screen counts seconds: it is drawn this often, in µs.
    static let tickInterval = Moment.second

    private(set) var model: Model
    private let terminal: any Terminal
    private var link: any BrokerLink
    /// Makes a link to the broker of a profile.
    private let newLink: (Profile) -> any BrokerLink
    private var theme: Theme
    private let commands = AlertCommands()
    private let clock: () -> Moment
    private let files: any FileEdge
    private var shown: CellBuffer?
    private var shownCursor: Point?
    private var isDirty = true
    private var drawnAt: Moment = 0

    /// - Parameters:
    ///   - newLink: Makes a link to the broker of another profile.
    ///   - clock: Tells the time; tests give their own.
    init(
        model: Model, terminal: any Terminal, link: any BrokerLink, theme: Theme,
        newLink: @escaping (Profile) -> any BrokerLink = { _ in preconditionFailure("there are no profiles") },
        files: any FileEdge = LocalFiles(), clock: @escaping () -> Moment
    ) {
        self.newLink = newLink
        self.model = model
        self.terminal = terminal
        self.link = link
        self.theme = theme
        self.clock = clock
        self.files = files
    }

    /// Runs until the person quits, the program is asked to end, or the terminal is gone.
    func run() {
        link.start(wake: terminal.wake)
        run([.link(.watch(model.watchRequest))])
        while !model.isQuitting {
            takeEvents()
            if model.isQuitting { break }
            drawIfDue()
            if terminal.wait(milliseconds: patience) == .ended { break }
        }
    }

    /// Says goodbye to the broker. One that is not there, or holds publishes back, would not answer.
    func end() {
        let isAnswering =
            !model.broker.isBlocked && model.publish.waiting == 0 && model.broker.freshness.silence == nil
        link.end(patience: isAnswering ? .seconds(1) : .milliseconds(100))
    }

    private func takeEvents() {
        var typed = ""
        while let event = terminal.nextEvent() {
            // A paste without brackets comes as keys, thousands at once.
            if case .key(.character(let character)) = event {
                typed.append(character)
                continue
            }
            handleTyped(&typed)
            if case .background(let background) = event { use(background) } else { handle(.terminal(event)) }
        }
        handleTyped(&typed)
        for event in link.takeEvents() { handle(.link(event)) }
        if let nextTick, clock() >= nextTick { handle(.tick) }
    }

    private func handleTyped(_ text: inout String) {
        guard !text.isEmpty else { return }
        handle(.terminal(.typed(text)))
        text = ""
    }

    /// The terminal told its background, which is asked for unless a person said which it is.
    private func use(_ background: Background) {
        theme = theme.on(background)
        isDirty = true
    }

    private func handle(_ event: Event) {
        run(update(&model, event, now: clock()))
        isDirty = true
    }

    private func run(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .link(let request): link.perform(request)
            case .redraw: redraw()
            case .suspend:
                terminal.suspend()
                handle(.terminal(.resumed(terminal.size)))
            case .mouse(let on): terminal.setMouse(on)
            case .copy(let text): terminal.copy(text)
            case .alarm: terminal.ring()
            case .run(let command, let sentence):
                if let problem = commands.start(command, about: sentence) {
                    handle(.link(.refused(problem)))
                }
            case .file(let request): perform(request)
            case .quit: break
            case .connect(let profile): connect(to: profile)
            case .theme(let name):
                theme = theme.named(name)
                isDirty = true
            }
        }
    }

    /// Says goodbye to the broker without waiting for its answer, and begins to connect to another one.
    private func connect(to profile: Profile) {
        link.end(patience: .zero)
        link = newLink(profile)
        link.start(wake: terminal.wake)
        redraw()
    }

    private func perform(_ request: FileRequest) {
        let answer = files.perform(request, terminal)
        // The editor had the whole screen, which may have another size since.
        if case .edit = request { handle(.terminal(.resumed(terminal.size))) }
        if let answer { handle(.file(answer)) }
    }

    private func redraw() {
        shown = nil
        terminal.redraw()
    }

    private func drawIfDue() {
        let now = clock()
        guard isDirty, now.since(drawnAt) >= Self.frameInterval || now < drawnAt else { return }
        isDirty = false
        drawnAt = now
        let screen = RootView.screen(model, theme: theme, now: now)
        let runs = CellDiff.runs(from: shown, to: screen.buffer)
        if !runs.isEmpty || screen.cursor != shownCursor { terminal.present(runs, cursor: screen.cursor) }
        shown = screen.buffer
        shownCursor = screen.cursor
    }

    /// When something on the screen changes although nothing happens; nil: never.
    private var nextTick: Moment? {
        let isConnected = model.broker.connection.isConnected
        return [
            isConnected ? nil : drawnAt + Self.tickInterval, model.notice?.until,
            model.broker.freshness.nextChange(isConnected: isConnected),
        ].compactMap { $0 }.min()
    }

    /// How long to wait for the next event, in ms; nil for ever.
    private var patience: Int? {
        if isDirty {
            let since = clock().since(drawnAt)
            return since >= Self.frameInterval ? 0 : Int((Self.frameInterval - since) / 1000) + 1
        }
        return nextTick.map { Int(clamping: ($0 > clock() ? $0 - clock() : 0) / 1000) + 1 }
    }
}
