import Foundation
import Testing

/// What may happen to a terminal program: stops, hang-ups, brokers that hang, bytes of any kind.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RobustnessTests {
    private func start(_ terminal: Tmux, _ address: String, _ options: String = "") throws -> pid_t {
        terminal.type("\(Programs.tui) --connect \(address) \(options)\n")
        try terminal.waitFor("● connected")
        try terminal.waitFor("(you)")
        let own = try Programs.run("/usr/bin/pgrep", ["-f", "^\(Programs.tui) --connect \(address)"])
        return try #require(Int32(own.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    private func publish(_ text: String, to topic: String, of broker: BrokerProcess) throws {
        try Programs.run(Programs.zaichik, ["pub", topic, "--connect", broker.address, "--", text])
    }

    // MARK: The broker

    @Test("a broker that hangs is told, with the age of the figures, and found again when it goes on")
    func hungBroker() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        _ = try start(terminal, broker.address)
        broker.signal(SIGSTOP)
        defer { broker.signal(SIGCONT) }
        try terminal.waitFor("no answer for")
        try terminal.waitFor("s old")
        broker.signal(SIGCONT)
        try terminal.waitFor("● connected")
        try terminal.waitUntilGone("s old")
    }

    @Test("if something else listens at the broker's address, that is the reason shown")
    func webServer() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        _ = try start(terminal, broker.address)
        broker.kill()
        try terminal.waitFor("no connection")
        let server = try WebServer(port: try #require(UInt16(broker.address.split(separator: ":").last ?? "")))
        try terminal.waitFor("is not zaichik")
        server.stop()
    }

    @Test("a publish whose connection was lost before the answer came is unknown, not refused")
    func unknownPublish() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        _ = try start(terminal, broker.address)
        try publish("first", to: "slips", of: broker)
        try terminal.waitFor("slips")
        terminal.press("p")
        terminal.type("slips")
        terminal.press("Tab", "Tab")
        terminal.type("x")
        terminal.press("Enter")
        try terminal.waitFor("accepted #2")
        terminal.type("y")
        try terminal.waitUntilGone("(empty)")
        broker.signal(SIGSTOP)
        terminal.press("Enter")
        try terminal.waitFor("(empty)")
        broker.kill()
        try terminal.waitFor("no connection")
        try Programs.wait("its outcome is told") {
            let screen = terminal.screen
            return (screen.contains("unknown: ") || screen.contains("not sent: ")) && !screen.contains("refused: ")
        } else: {
            terminal.screen
        }
    }

    @Test("^C ends the program at once while a publish is blocked, and says that its outcome is not known")
    func blockedPublish() throws {
        let broker = try BrokerProcess()
        try Programs.run(
            Programs.zaichik,
            ["topic", "create", "full", "--limit", "1KiB", "--overflow", "block", "--connect", broker.address])
        let terminal = try Tmux(width: 120, height: 30)
        _ = try start(terminal, broker.address, "--subscribe full --by-hand")
        try terminal.waitFor("full")
        terminal.press("p")
        terminal.type("full")
        terminal.press("Tab", "Tab")
        for _ in 0..<4 {
            terminal.type(String(repeating: "x", count: 400))
            terminal.press("Enter")
        }
        try terminal.waitFor("blocked")
        terminal.press("C-c")
        try terminal.waitFor("not answered: it is not known")
    }

    // MARK: Signals

    @Test(
        "stopped without having been asked, or asked by another process, it goes on with fg",
        arguments: ["STOP", "TSTP"])
    func stopped(signal: String) throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        let process = try start(terminal, broker.address)
        try Programs.run("/bin/kill", ["-\(signal)", "\(process)"])
        try terminal.waitFor("Stopped")
        if signal == "TSTP" { #expect(try terminal.value("#{alternate_on}#{mouse_any_flag}") == "00") }
        try terminal.resize(100, 28)
        terminal.type("fg\n")
        try terminal.waitFor("(you)")
        #expect(try terminal.value("#{alternate_on}#{mouse_any_flag}") == "11")
        terminal.press("?")
        try terminal.waitFor("(here)")
        terminal.press("q", "q")
        try terminal.waitFor("is still running")
        #expect(try terminal.value("#{alternate_on}#{mouse_any_flag}") == "00")
    }

    @Test("stopped, it ends by kill at once; continued in the background it stops again; neither writes anything")
    func killedWhileStopped() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        let process = try start(terminal, broker.address)
        terminal.press("C-z")
        try terminal.waitFor("Stopped")
        terminal.type("clear; bg; wait %1; echo over\n")
        try terminal.waitFor("over")
        #expect(try terminal.value("#{alternate_on}#{mouse_any_flag}#{keypad_flag}#{cursor_flag}") == "0001")
        terminal.type("clear; kill %1\n")
        try Programs.wait("the program has ended") { !FileManager.default.fileExists(atPath: "/proc/\(process)") }
        terminal.type("echo all of it\n")
        try terminal.waitFor("all of it")
        #expect(try terminal.value("#{alternate_on}#{mouse_any_flag}#{keypad_flag}#{cursor_flag}") == "0001")
        #expect(!terminal.screen.contains("is still running") && !terminal.screen.contains("Clients"))
    }

    @Test("a terminal that goes away ends the program, also where its signal is ignored")
    func hungUp() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        terminal.type("trap '' HUP\n")
        let process = try start(terminal, broker.address)
        try terminal.tmux(["kill-server"])
        try Programs.wait("the program has ended") { !FileManager.default.fileExists(atPath: "/proc/\(process)") }
    }

    @Test("a signal that ends any program gives the terminal back", arguments: ["USR1", "ALRM", "QUIT"])
    func ended(signal: String) throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        let process = try start(terminal, broker.address)
        try Programs.run("/bin/kill", ["-\(signal)", "\(process)"])
        try Programs.wait("the shell is back") {
            try terminal.value("#{pane_current_command}#{alternate_on}#{mouse_any_flag}#{cursor_flag}") == "bash001"
        } else: {
            terminal.screen
        }
    }

    // MARK: What is typed and shown

    @Test("a terminal with a single screen keeps nothing of the program's behind the farewell")
    func oneScreen() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 80, height: 24, term: "vt100")
        _ = try start(terminal, broker.address)
        terminal.press("q")
        try terminal.waitFor("is still running")
        try terminal.waitFor("ready>")
        #expect(!terminal.screen.contains("quit") && !terminal.screen.contains("Clients"))
    }

    @Test("a paste of a megabyte arrives whole")
    func largePaste() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 40)
        _ = try start(terminal, broker.address)
        terminal.press("p")
        terminal.type("large")
        terminal.press("Tab", "Tab")
        let line = "a line of the paste, ключ 東京\n"
        let text = String(repeating: line, count: (1 << 20) / line.utf8.count) + "the end"
        let file = URL.temporaryDirectory.appending(path: "zaichik-paste-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: true, encoding: .utf8)
        try terminal.tmux(["load-buffer", file.path])
        try terminal.tmux(["paste-buffer", "-p", "-r"])
        try terminal.waitFor("the end")
        terminal.press("Enter")
        try terminal.waitFor("no topic 'large' yet")
        terminal.press("Enter")
        try terminal.waitFor("accepted #1")
        let stored = try Programs.run(
            Programs.zaichik, ["sub", "large", "--from", "first", "-e", "--raw", "--connect", broker.address])
        #expect(stored == text)
    }

    @Test("decomposed Korean, Persian and joined emoji are shown, and nothing beside them moves")
    func writing() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        _ = try start(terminal, broker.address, "--subscribe words")
        try terminal.waitFor("no messages yet from words")
        let texts = [
            "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", "می\u{200C}خواهم", "👩\u{200D}🚀", "👍🏽", "か\u{3099}",
        ]
        for text in texts { try publish("<\(text)>", to: "words", of: broker) }
        for text in texts {
            try Programs.wait("'\(text)' is shown") {
                // tmux keeps some joiners to itself.
                let wanted = "<\(text)".unicodeScalars.filter { $0 != "\u{200D}" && $0 != "\u{200C}" }
                let shown = terminal.screen.unicodeScalars.filter { $0 != "\u{200D}" && $0 != "\u{200C}" }
                return String(String.UnicodeScalarView(shown)).contains(String(String.UnicodeScalarView(wanted)))
            } else: {
                terminal.screen
            }
        }
        terminal.press("3", "z", "z", "C-k")
        try terminal.waitUntilGone("<")
    }

    /// ZAICHIK_TUI_BYTES=100000 sends so many.
    @Test("whatever bytes a terminal sends, the program goes on, and Esc leads out")
    func anyBytes() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["ZAICHIK_TUI_BYTES"].flatMap { Int($0) } ?? 6000
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        let process = try start(terminal, broker.address, "--subscribe '>'")
        var state: UInt64 = 20_261_127
        let sequences = [
            "\u{1B}[", "\u{1B}O", "\u{1B}[200~", "\u{1B}[201~", "\u{1B}[<0;5;5M", "\u{1B}[M", "東", "\u{1B}]11;",
        ]
        for start in stride(from: 0, to: count, by: 400) {
            var bytes: [UInt8] = []
            while bytes.count < min(400, count - start) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let chance = state >> 33
                if chance % 9 == 0 {
                    bytes += Array(sequences[Int(chance / 9 % UInt64(sequences.count))].utf8)
                } else {
                    let byte = UInt8(truncatingIfNeeded: chance)
                    // q, ^C and ^Z are meant to leave.
                    if byte != UInt8(ascii: "q"), byte != 3, byte != 26 { bytes.append(byte) }
                }
            }
            try terminal.tmux(["send-keys", "-H"] + bytes.map { String($0, radix: 16) })
        }
        // A paste that lost its end is over after a second.
        try Programs.wait("the way out") {
            terminal.press("Escape")
            return terminal.screen.contains("1 Clients") && terminal.screen.contains("q quit")
        } else: {
            terminal.screen
        }
        terminal.press("?")
        try terminal.waitFor("(here)")
        #expect(FileManager.default.fileExists(atPath: "/proc/\(process)"))
        terminal.press("q", "q")
        try terminal.waitFor("is still running")
    }
}
