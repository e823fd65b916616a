import Foundation
import Testing

/// The real program in a real terminal, with a real broker.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TerminalTests {
    private func started(
        _ terminal: Tmux, _ broker: BrokerProcess, _ options: String = ""
    ) throws {
        terminal.type("\(Programs.tui) --connect \(broker.address) \(options)\n")
        try terminal.waitFor("● connected")
        try terminal.waitFor("(you)")
    }

    @Test(
        "what is published here arrives in a zaichik sub elsewhere, and in Messages", arguments: [(80, 24), (200, 50)])
    func publish(width: Int, height: Int) throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: width, height: height)
        let reader = try Tmux(width: 80, height: 24)
        reader.type("\(Programs.zaichik) sub 'orders.*' --connect \(broker.address) -F '%t|%k|%p\\n'\n")
        try started(terminal, broker)
        terminal.press("s")
        terminal.type("orders.*\n")
        try terminal.waitFor("no messages yet from orders.*")
        try Programs.wait("both are subscribed") {
            try Programs.run(Programs.zaichik, ["client", "ls", "--connect", broker.address]).contains("keeping up")
        }
        terminal.press("p")
        terminal.type("orders.eu")
        terminal.press("Tab")
        terminal.type("ключ")
        terminal.press("Tab")
        terminal.type("заяц 🐇 东京")
        terminal.press("Enter")
        try terminal.waitFor("no topic 'orders.eu' yet")
        terminal.press("Enter")
        try terminal.waitFor("accepted #1")
        try reader.waitFor("orders.eu|ключ|заяц 🐇 东京")
        terminal.type("another")
        terminal.press("Enter")
        try terminal.waitFor("accepted #2 → 2 queues")
        terminal.press("Escape", "3")
        try terminal.waitFor("ключ заяц 🐇 东京")
    }

    @Test(
        "committing by hand this program is the slow client: its lag grows, and commits end that",
        arguments: [(80, 24), (200, 50)])
    func byHand(width: Int, height: Int) throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: width, height: height)
        try started(terminal, broker, "--subscribe slow --window 5")
        try terminal.waitFor("no messages yet from slow")
        terminal.press("a")
        try terminal.waitFor("by hand")
        try send(20, to: "slow", of: broker)
        try terminal.waitFor("own lag 20")
        try terminal.waitFor("5 to commit")
        try send(30, to: "slow", of: broker)
        try terminal.waitFor("own lag 50")
        terminal.press("C")
        try terminal.waitFor("own lag 45")
        terminal.press("a")
        try terminal.waitUntilGone("own lag")
        try Programs.wait("the lag is 0") {
            terminal.screen.contains(try Regex("\\(you\\) +keeping up +0 "))
        } else: {
            terminal.screen
        }
    }

    private func send(_ count: Int, to topic: String, of broker: BrokerProcess) throws {
        let lines = (1...count).map { "message \($0)" }.joined(separator: "\n") + "\n"
        try Programs.run(Programs.zaichik, ["pub", topic, "--lines", "--connect", broker.address], input: lines)
    }

    @Test("a broker that dies is told, and found again when it is back, with the subscription")
    func brokerLost() throws {
        let broker = try BrokerProcess()
        let address = broker.address
        let terminal = try Tmux(width: 120, height: 30)
        try started(terminal, broker, "--subscribe news")
        try terminal.waitFor("no messages yet from news")
        broker.kill()
        try terminal.waitFor("no connection")
        try terminal.waitFor("connection lost")
        let again = try BrokerProcess(address: address)
        try terminal.waitFor("● connected")
        try terminal.waitFor("connected again")
        try Programs.wait("subscribed again") {
            try Programs.run(Programs.zaichik, ["topic", "ls", "--connect", again.address]).contains("news")
        } else: {
            terminal.screen
        }
        try send(1, to: "news", of: again)
        try terminal.waitFor("message 1")
    }

    @Test("what a session subscribed to is subscribed to again where the session is new, and headers are no payload")
    func sessionLost() throws {
        let broker = try BrokerProcess()
        let address = broker.address
        let session = ["sub", "news.*", "--session", "mine", "-e", "--connect", address]
        try Programs.run(Programs.zaichik, session)
        let terminal = try Tmux(width: 200, height: 50)
        try started(terminal, broker, "--session mine")
        try terminal.waitFor("goes on where it was")
        broker.kill()
        try terminal.waitFor("no connection, ")
        let again = try BrokerProcess(address: address)
        try terminal.waitFor("● connected")
        try Programs.wait("it is subscribed") {
            try Programs.run(Programs.zaichik, ["session", "info", "mine", "--connect", again.address]).contains(
                "news.*")
        }
        try Programs.run(Programs.zaichik, ["pub", "news.eu", "-H", "цвет:серый", "заяц", "--connect", again.address])
        try terminal.waitFor("news.eu #1 заяц")
    }

    @Test("started before there is a broker, it waits for one")
    func noBrokerYet() throws {
        let first = try BrokerProcess()
        let address = first.address
        first.kill()
        let terminal = try Tmux(width: 100, height: 30)
        terminal.type("\(Programs.tui) --connect \(address)\n")
        try terminal.waitFor("no connection")
        let broker = try BrokerProcess(address: address)
        try terminal.waitFor("● connected")
        _ = broker
    }

    @Test("every size has its screen, and too small says so")
    func resize() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        try started(terminal, broker)
        for (width, height) in [(80, 24), (200, 50), (60, 16), (41, 11), (120, 30)] {
            try terminal.resize(width, height)
            try Programs.wait("\(width)×\(height) is drawn") {
                let lines = terminal.screen.split(separator: "\n", omittingEmptySubsequences: false)
                return lines.contains {
                    $0.count == width && ["╭", "┏"].contains($0.prefix(1)) && ["╮", "┓"].contains($0.suffix(1))
                }
                    && terminal.screen.contains("q quit")
            } else: {
                terminal.screen
            }
        }
        try terminal.resize(30, 8)
        try terminal.waitFor("too small")
        try terminal.resize(80, 24)
        try terminal.waitFor("1 Clients")
    }

    @Test("however it ends, the terminal is as it was", arguments: ["q", "TERM", "HUP", "SEGV", "ABRT", "ILL"])
    func restored(how: String) throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        let before = try Programs.run("/bin/stty", ["-a", "-F", try terminal.value("#{pane_tty}")])
        try started(terminal, broker)
        #expect(try terminal.value("#{alternate_on}#{mouse_any_flag}") == "11")
        if how == "q" {
            terminal.press("q")
            try terminal.waitFor("The broker at \(broker.address) is still running.")
            try terminal.waitFor("zaichik stop --connect \(broker.address)")
        } else {
            let own = try Programs.run("/usr/bin/pgrep", ["-f", "^\(Programs.tui) --connect \(broker.address)"])
            let process = try #require(Int32(own.trimmingCharacters(in: .whitespacesAndNewlines)))
            try Programs.run("/bin/kill", ["-\(how)", "\(process)"])
        }
        try Programs.wait("the shell is back") {
            try terminal.value("#{pane_current_command}") == "bash"
                && terminal.value("#{alternate_on}#{mouse_any_flag}#{cursor_flag}") == "001"
        } else: {
            terminal.screen
        }
        // The shell sets the line for its prompt a moment after the program has left it.
        try Programs.wait("the line is as it was") {
            try Programs.run("/bin/stty", ["-a", "-F", terminal.value("#{pane_tty}")]) == before
        } else: {
            terminal.screen
        }
        terminal.type("echo sa''ne\n")
        try terminal.waitFor("sane")
        #expect(!terminal.screen.contains("1 Clients"))
    }

    @Test("^Z gives the terminal back, fg takes it again")
    func suspend() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 30)
        try started(terminal, broker)
        terminal.press("C-z")
        try terminal.waitFor("Stopped")
        #expect(try terminal.value("#{alternate_on}") == "0")
        terminal.type("fg\n")
        try terminal.waitFor("(you)")
        terminal.press("?")
        try terminal.waitFor("(here)")
    }

    @Test("a paste is text, with its lines, and no commands")
    func paste() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 120, height: 40)
        try started(terminal, broker)
        try terminal.paste("qqq\nq")
        terminal.press("p")
        terminal.type("notes")
        terminal.press("Tab", "Tab")
        try terminal.paste("line one\nline two")
        try terminal.waitFor("line two")
        terminal.press("Enter")
        try terminal.waitFor("no topic 'notes' yet")
        terminal.press("Enter")
        try terminal.waitFor("accepted #1")
        let stored = try Programs.run(
            Programs.zaichik, ["sub", "notes", "--from", "first", "-e", "--raw", "--connect", broker.address])
        #expect(stored == "line one\nline two")
    }

    @Test("what a topic keeps is browsed without a subscription, and long messages are read as a whole")
    func browse() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 140, height: 40)
        let long = String(repeating: "x", count: 600) + " the end"
        try Programs.run(
            Programs.zaichik, ["pub", "kept", "--lines", "--connect", broker.address], input: "a\n\(long)\n")
        try started(terminal, broker)
        terminal.press("3", "B")
        terminal.type("kept #2\n")
        try terminal.waitFor("browsing kept")
        try terminal.waitFor("#2 xxx")
        #expect(!terminal.screen.contains("the end"))
        terminal.press("Enter")
        try terminal.waitFor("the end")
        terminal.press("Up")
        try terminal.waitFor("sequence  1")
        let clients = try Programs.run(Programs.zaichik, ["client", "ls", "--json", "--connect", broker.address])
        #expect(!clients.contains("\"subscriptions\":1"))
    }

    @Test("the load generator and slow clients work beside the program, and their lag is in Clients")
    func load() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 140, height: 40)
        try started(terminal, broker)
        terminal.press("4", "W", "W")
        try terminal.waitFor("slow-3")
        terminal.press("L", "L")
        try terminal.waitFor("load-1")
        try terminal.waitFor("answered in")
        try Programs.wait("a slow client has lag") {
            terminal.screen.contains(try Regex("slow-[123] .* [1-9][0-9]+ "))
        } else: {
            terminal.screen
        }
        terminal.press("L")
        try terminal.waitFor("load over")
        terminal.press("W", "W")
        try terminal.waitFor("the slow clients are gone")
        try terminal.waitUntilGone("slow-3")
    }

    @Test("hostile payloads neither move the cursor nor colour anything")
    func hostile() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 150, height: 30)
        try started(terminal, broker, "--subscribe bad")
        try terminal.waitFor("no messages yet from bad")
        try Programs.run(
            Programs.zaichik,
            ["pub", "bad", "x\u{1B}[2J\u{1B}[5;5Hgone\u{9B}41m\u{202E}y\u{7}", "--connect", broker.address])
        try terminal.waitFor("x␛[2J␛[5;5Hgone⟨U+009B⟩41m⟨U+202E⟩y␇")
        #expect(terminal.screen.contains("1 Clients"))
    }

    @Test("a click takes the focus, the wheel scrolls")
    func mouse() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 80, height: 24, term: "xterm-256color")
        try started(terminal, broker)
        // The tab of Topics, as an xterm tells a press and its release.
        try terminal.tmux(["send-keys", "-l", "\u{1B}[<0;18;2M\u{1B}[<0;18;2m"])
        try terminal.waitFor("╭─ 2 Topics")
        #expect(terminal.screen.contains("no topics yet"))
    }

    @Test("NO_COLOR means none, and a terminal without 256 colours gets 16")
    func colors() throws {
        let broker = try BrokerProcess()
        let plain = try Tmux(width: 80, height: 24, environment: ["NO_COLOR=1"])
        try started(plain, broker)
        #expect(!plain.coloredScreen.contains(try Regex("\u{1B}\\[[0-9;]*(3[0-7]|38|4[0-7]|48)[;m]")))
        let few = try Tmux(width: 80, height: 24, term: "linux")
        try started(few, broker)
        #expect(!few.coloredScreen.contains("38;5"))
        #expect(few.coloredScreen.contains("\u{1B}["))
    }

    @Test(
        "the terminal's own background decides which colours there are, unless a person says which it is",
        arguments: [
            ("#fdf6e3", "", "48;5;189"), ("#101010", "", "48;5;17"), ("#101010", "--background light", "48;5;189"),
        ])
    func background(color: String, options: String, selection: String) throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 80, height: 24)
        try terminal.tmux(["set", "-w", "window-style", "bg=\(color)"])
        try started(terminal, broker, options)
        terminal.press("j")
        try Programs.wait("the selected row in the colours for \(color)") {
            terminal.coloredScreen.contains("\u{1B}[\(selection)m") || terminal.coloredScreen.contains(";\(selection)m")
        } else: {
            terminal.coloredScreen
        }
    }

    @Test("--demo has something to see at once, and leaves nothing behind, even when killed", arguments: ["q", "KILL"])
    func demo(how: String) throws {
        let terminal = try Tmux(width: 140, height: 40)
        terminal.type("\(Programs.tui) --demo\n")
        try terminal.waitFor("analytics")
        try terminal.waitFor("falling behind")
        try terminal.waitFor("orders.eu")
        let shell = try terminal.value("#{pane_pid}")
        let tui = try children(of: shell)
        let broker = try children(of: tui)
        #expect(!broker.isEmpty)
        if how == "q" {
            terminal.press("q")
            try terminal.waitFor("The demo's broker and its clients have ended.")
        } else {
            try Programs.run("/bin/kill", ["-KILL", tui])
        }
        try Programs.wait("the broker has ended") { !FileManager.default.fileExists(atPath: "/proc/\(broker)") }
    }

    private func children(of process: String) throws -> String {
        try Programs.run("/usr/bin/pgrep", ["-P", process]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("without a terminal, or with an unknown one, there is an error that says what to do")
    func noTerminal() throws {
        #expect(throws: Programs.Failure.self) { try Programs.run(Programs.tui, []) }
        let terminal = try Tmux(width: 80, height: 24)
        terminal.type("TERM=nonsense \(Programs.tui); echo code $?\n")
        try terminal.waitFor("TERM='nonsense' is not known here")
        try terminal.waitFor("code 1")
    }
}
