import Testing

@Suite("Wrong usage of zaichik-tui", .timeLimit(.minutes(1)))
struct TerminalUsageTests {
    @Test(
        "what is wrong is told on one line, with what would be right, and exit code 64",
        arguments: [
            (["--window", "x"], "use a whole number, 0 to 1048576"), (["--window", "1048577"], "0 to 1048576"),
            (["--colors", "7"], "'256', '16', '8' or 'none'"), (["--nonsense"], "--nonsense"),
            (["--subscribe", "a..b"], "a..b"),
            (["--connect", "h:x"], "HOST:PORT"), (["--demo", "--connect", "h:1"], "leave --connect out"),
        ])
    func wrong(words: [String], remedy: String) async throws {
        let ended = await (try Running(words, program: "zaichik-tui")).finished()
        #expect(ended.status == 64 && ended.output.isEmpty, "\(words): \(ended)")
        #expect(ended.errors.hasPrefix("zaichik-tui: ") && ended.errors.contains(remedy), "\(words): \(ended)")
        #expect(ended.errors.split(separator: "\n").count == 1, "\(words): \(ended)")
    }
}
