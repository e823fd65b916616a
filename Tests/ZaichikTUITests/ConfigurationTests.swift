import Foundation
import Testing
import ZaichikClient
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct ConfigurationTests {
    private func read(_ text: String) -> ConfigurationReader { ConfigurationReader(text, file: "terminal.yaml") }
    private func problem(_ text: String) -> String? { read(text).problems.first?.description }

    private static let whole = """
        profile: local
        theme: color-blind
        colors: 256
        background: light
        ascii: true
        mouse: false
        utc: true
        alerts: [lag > 1000 for 30s, age of billing > 1m]
        profiles:
          local:
            address: 127.0.0.1:8889
          production:
            address: broker.example:9000
            color: red
            read-only: true
            name: ops
            session: mine
            window: 16
            subscribe: [orders.*, log.>]
        keys:
          zoom: F6
          quit: [q, F10]
        """

    @Test("every entry is read")
    func whole() throws {
        let reader = read(Self.whole)
        #expect(reader.problems == [])
        let configuration = reader.configuration
        #expect(configuration.theme == .colorBlind && configuration.colors == .colors256)
        #expect(configuration.background == .light && configuration.isASCII == true)
        #expect(configuration.hasMouse == false && configuration.isUTC == true)
        #expect(configuration.alerts.map(\.description) == ["lag > 1000 for 30s", "age of billing > 1m"])
        let production = try #require(configuration.profile(named: "production"))
        #expect(production.address == BrokerAddress(host: "broker.example", port: 9000))
        #expect(production.color == .red && production.isReadOnly && production.clientName == "ops")
        #expect(production.session == "mine" && production.window == 16)
        #expect(production.subscriptions.map(\.string) == ["orders.*", "log.>"])
        #expect(configuration.keys == ["zoom": [.function(6)], "quit": [.character("q"), .function(10)]])
    }

    @Test("an empty file, and groups without entries, are no configuration and no error")
    func empty() {
        for text in ["", "# nothing\n", "profiles:\nkeys:\n"] { #expect(read(text).problems == []) }
        #expect(read("").configuration == TerminalConfiguration())
    }

    @Test(
        "what is wrong is told with its line, and what would be right",
        arguments: [
            (
                "theme: dark\ncolour: red",
                "terminal.yaml:2:1: there is no entry 'colour' here; there are profile, theme"
            ),
            ("theme: pink", "terminal.yaml:1:8: 'theme' cannot be 'pink'; it is one of standard, dark, light"),
            ("ascii: perhaps", "'ascii' cannot be 'perhaps'; it is true or false"),
            ("mouse:", "'mouse' has no value; it is true or false"),
            ("profiles:\n  a:\n    adress: h:1", "terminal.yaml:3:5: there is no entry 'adress' here"),
            ("profiles:\n  a:\n    color: red", "the profile 'a' has no 'address: HOST:PORT'"),
            ("profiles:\n  a: h:1", "the profile 'a' needs at least 'address: HOST:PORT' below it"),
            ("profiles:\n  a:\n    address: h:x", "terminal.yaml:3:14: 'address': "),
            ("profiles:\n  a:\n    address: h:1\n    window: 9999999", "a whole number, 0 to 1048576"),
            ("profiles:\n  a:\n    address: h:1\n    subscribe: a..b", "terminal.yaml:4:16: 'subscribe': "),
            ("alerts: lag", "terminal.yaml:1:9: 'alerts': "),
            ("profile: x", "there is no profile 'x'; the file has no profiles"),
            ("theme: dark\ntheme: light", "is there twice"),
            ("theme: [", "this is not YAML"),
            ("- a", "the file has entries, such as 'theme: dark'"),
            ("keys:\n  zom: x", "terminal.yaml:2:3: there is no action 'zom'"),
            ("keys:\n  interrupt: x", "there is no action 'interrupt' that takes other keys"),
            ("keys:\n  zoom: Hyper-x", "'Hyper-x' is no key; keys are such as x, F5"),
            ("keys:\n  zoom: q", "would be both"),
            ("keys:\n  cancel: x", "'x' cannot be 'cancel', since it is text where one types"),
        ])
    func problems(text: String, expected: String) throws {
        let problem = try #require(self.problem(text))
        #expect(problem.contains(expected), "\(problem)")
    }

    @Test("two actions can swap their keys")
    func swap() {
        let reader = read("keys:\n  zoom: m\n  mouse: z")
        #expect(reader.problems == [] && reader.configuration.keys.count == 2)
    }

    @Test("every key can be named as help shows it", arguments: PaneTable.standard.keys.bindings.flatMap(\.keys))
    func keyNames(key: Key) { #expect(Key(name: key.description) == key) }

    @Test("other keys hold, the key line and the help show them, and the old ones do nothing")
    func rebound() {
        var model = Samples.model(Size(width: 120, height: 30))
        var other = Model(
            size: model.size, address: "x",
            panes: PaneTable(PaneTable.standard.panes, rebound: ["zoom": [.function(6)], "help": [.character("H")]]))
        _ = update(&other, .terminal(.key(.function(6))), now: Samples.now)
        #expect(other.panes.isZoomed)
        _ = update(&other, .terminal(.key(.character("z"))), now: Samples.now)
        #expect(other.panes.isZoomed && other.notice?.text.contains("does nothing here; H lists the keys") == true)
        #expect(KeyHints.hints(for: other, columns: 200).contains { $0.name == "H" && $0.text == "help" })
        _ = update(&model, .terminal(.key(.character("z"))), now: Samples.now)
        #expect(model.panes.isZoomed)
    }

    @Test("docs/schema has the schema; ZAICHIK_ACCEPT_DOCS=1 writes it anew")
    func schema() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/schema/terminal.schema.json")
        if ProcessInfo.processInfo.environment["ZAICHIK_ACCEPT_DOCS"] == "1" {
            try ConfigurationSchema.text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == ConfigurationSchema.text)
        let schema = try JSONSerialization.jsonObject(with: Data(ConfigurationSchema.text.utf8)) as? [String: Any]
        let properties = try #require(schema?["properties"] as? [String: Any])
        let entries = ConfigurationEntry<TerminalConfiguration>.all.map(\.name)
        #expect(Set(properties.keys) == Set(entries + ["profiles", "keys"]))
    }

    @Test("the example of docs/TERMINAL.md is right")
    func example() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/TERMINAL.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let yaml = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first)
        let example = try #require(yaml.components(separatedBy: "```").first)
        #expect(read(example).problems == [] && !read(example).configuration.profiles.isEmpty)
    }

    @Test("the places are those of XDG; relative paths are passed over")
    func places() {
        let of = { (environment: [String: String]) in ConfigurationPlaces(environment: environment) }
        #expect(of(["HOME": "/home/a"]).configuration == "/home/a/.config/zaichik/terminal.yaml")
        #expect(of(["HOME": "/home/a"]).state == "/home/a/.local/state/zaichik")
        #expect(of(["HOME": "/h", "XDG_CONFIG_HOME": "/c"]).configuration == "/c/zaichik/terminal.yaml")
        #expect(of(["HOME": "/h", "XDG_CONFIG_HOME": "c"]).configuration == "/h/.config/zaichik/terminal.yaml")
        #expect(of([:]).configuration == nil)
    }

    // MARK: What counts

    private func settings(
        _ options: StartSettings.Options = .init(), _ environment: [String: String] = [:]
    ) throws -> StartSettings {
        try StartSettings(options, read(Self.whole).configuration, environment: environment)
    }

    @Test("options go before the environment, that before the configuration")
    func precedence() throws {
        #expect(try settings().named?.name == "local")
        let environment = try settings(.init(), ["ZAICHIK_ADDRESS": "env:1"])
        #expect(environment.named == nil && environment.profile.address.description == "env:1")
        let connect = try settings(.init(connect: "opt:2"), ["ZAICHIK_ADDRESS": "env:1"])
        #expect(connect.named == nil && connect.profile.address.description == "opt:2")
        let named = try settings(.init(profile: "production", window: 5), ["ZAICHIK_ADDRESS": "env:1"])
        #expect(named.profile.address.description == "broker.example:9000" && named.profile.window == 5)
        #expect(named.profile.isReadOnly && named.profile.session == "mine")
        #expect(try settings(.init(theme: .light)).theme == .light)
        #expect(try settings().theme == .colorBlind)
    }

    @Test("a profile that there is none, and two words for the broker, are errors that say what would be right")
    func wrongOptions() {
        #expect { try settings(.init(profile: "x")) } throws: { "\($0)".contains("there are local, production") }
        #expect { try settings(.init(connect: "h:1", profile: "local")) } throws: {
            "\($0)".contains("leave one of them out")
        }
    }

    // MARK: Another profile, inside

    @Test("S offers the profiles; another one leaves the broker, and what is written stays")
    func switching() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        let configuration = read(Self.whole).configuration
        model.profiles = ProfileState(all: configuration.profiles, current: configuration.profiles[0])
        model.publish.body.text = "unsent"
        _ = update(&model, .terminal(.typed("S")), now: Samples.now)
        #expect(model.paletteEntries.map(\.text) == ["profile local", "profile production"])
        #expect(model.paletteEntries[1].help == "broker.example:9000, read-only, session mine")
        let effects =
            update(&model, .terminal(.key(.down)), now: Samples.now)
            + update(&model, .terminal(.key(.enter)), now: Samples.now)
        #expect(effects == [.connect(configuration.profiles[1]), .link(.watch(model.watchRequest))])
        #expect(model.clients.rows.isEmpty && model.isReadOnly && model.commits.window == 16)
        #expect(model.publish.body.text == "unsent" && model.broker.address == "broker.example:9000")
        let header = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines[0]
        #expect(header.contains(" production ") && header.contains("read-only"))
        _ = update(&model, .terminal(.typed("p")), now: Samples.now)
        #expect(model.notice?.text == "the profile 'production' is read-only: nothing is published")
    }

    @Test("without profiles S says where they would be; an unanswered publish is not left behind")
    func noSwitch() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        model.profiles.file = "~/x.yaml"
        _ = update(&model, .terminal(.typed("S")), now: Samples.now)
        #expect(model.prompt == nil && model.notice?.text.contains("~/x.yaml") == true)
        model.publish.waiting = 1
        #expect(model.use(Profile(name: "a"), now: Samples.now).isEmpty && model.notice?.isBad == true)
    }

    // MARK: What is remembered

    @Test("sorting, the theme and what was done last are remembered; what is not understood is passed over")
    func saved() {
        var model = Samples.model(Size(width: 120, height: 30))
        _ = update(&model, .terminal(.typed(">r:zoom")), now: Samples.now)
        _ = update(&model, .terminal(.key(.enter)), now: Samples.now)
        model.theme = .colorBlind
        for column in [ClientColumn.bytes, .oldest, .oldest] { model.clients.columns.change(column) }
        let state = SavedState(model)
        #expect(SavedState(text: state.text) == state)
        var next = Model(size: model.size, address: "x")
        SavedState(text: state.text + "nonsense\nclients.sort pink up\n").restore(&next)
        #expect(next.clients.sort == .state, "the last line counts, and it has no such column")
        state.restore(&next)
        #expect(next.clients.sort == .lag && !next.clients.descending)
        #expect(next.clients.columns == model.clients.columns)
        #expect(next.palette.recent == ["zoom"] && state.theme == .colorBlind)
        #expect(next.watchRequest.clients?.sort == .lagMessages)
    }

    @Test("a file is written whole in place of the one before, its folders are made, and only its user can read it")
    func files() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "zaichik-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = "\(directory)/a/b/terminal"
        #expect(try TextFile.read(path) == nil)
        try TextFile.write("long text\n", to: path)
        try TextFile.write("ж\n", to: path)
        #expect(try TextFile.read(path) == "ж\n")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/a/b") == ["terminal"])
        #expect { try TextFile.write("x", to: "\(path)/c") } throws: { "\($0)".contains("cannot write") }
    }
}
