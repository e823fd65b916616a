import Foundation
import Testing

/// What Clients and Topics ask of a real broker, by keys in a real terminal.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DrawerTerminalTests {
    private func started(_ terminal: Tmux, _ broker: BrokerProcess, _ options: String) throws {
        terminal.type("\(Programs.tui) --connect \(broker.address) \(options)\n")
        try terminal.waitFor("● connected")
        try terminal.waitFor("(you)")
    }

    @Test(
        "a drawer shows what a queue has in flight, who published it, and its history; v looks inside, h at who is gone"
    )
    func queue() throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: 200, height: 60)
        try started(terminal, broker, "--subscribe slow --window 5 --by-hand")
        try terminal.waitFor("no messages yet from slow")
        let lines = (1...20).map { "message \($0)" }.joined(separator: "\n") + "\n"
        try Programs.run(Programs.zaichik, ["pub", "slow", "--lines", "--connect", broker.address], input: lines)
        try terminal.waitFor("own lag 20")
        terminal.press("1", "g", "Enter")
        for text in ["Client zaichik-tui", "IN FLIGHT", "slow #1 ", "BEHIND ON MESSAGES OF", "100 %", "20 at most"] {
            try terminal.waitFor(text)
        }
        terminal.press("v")
        for text in ["Queue of zaichik-tui", "20", "in flight", "next 1 ", "message 6"] { try terminal.waitFor(text) }
        terminal.press("Enter")
        try terminal.waitFor("published by ")
        terminal.press("Escape")
        try terminal.waitFor("Client zaichik-tui")
        terminal.press("Escape", "C")
        try terminal.waitFor("own lag 15")
        terminal.press("h")
        try terminal.waitFor("Clients that are gone")
        try terminal.waitFor("it sent CLOSE")
    }

    @Test("a topic is created, its settings are changed, and it is deleted", arguments: [(80, 24), (200, 60)])
    func topic(width: Int, height: Int) throws {
        let broker = try BrokerProcess()
        let terminal = try Tmux(width: width, height: height)
        try started(terminal, broker, "")
        terminal.press("2", "c")
        try terminal.waitFor("New topic")
        terminal.type("audit\n")
        try terminal.waitFor("created topic 'audit'")
        terminal.press("E")
        try terminal.waitFor("Settings of topic audit")
        terminal.type("2MiB")
        terminal.press("Down", "Right", "Enter")
        try terminal.waitFor("changed the settings of topic 'audit'")
        let info = try Programs.run(
            Programs.zaichik, ["topic", "info", "audit", "--json", "--connect", broker.address])
        #expect(info.contains("2097152") && info.contains("reject"))
        terminal.press("A")
        try terminal.waitFor("Act on topic audit")
        terminal.press("D")
        try terminal.waitFor("nobody reads it")
        terminal.type("audit\n")
        try terminal.waitFor("topic 'audit' is deleted")
    }
}
