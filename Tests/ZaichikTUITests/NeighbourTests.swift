import Testing

@testable import ZaichikTUI

@Suite struct NeighbourTests {
    @Test(
        "zaichik is told as the shell finds it",
        arguments: [
            (["/usr/bin/zaichik", "/repo/bin/zaichik"], "/repo/bin/zaichik-tui", "zaichik"),
            (["/repo/bin/zaichik"], "/repo/bin/zaichik-tui", "bin/zaichik"),
            (["bin/zaichik", "/exe/zaichik"], "bin/zaichik-tui", "bin/zaichik"),
            (["/exe/zaichik"], "zaichik-tui", "/exe/zaichik"),
            ([], "zaichik-tui", "zaichik"),
        ] as [([String], String, String)])
    func command(programs: [String], invocation: String, expected: String) {
        let command = Neighbour.command(
            invocation: invocation, directory: "/exe", searchPath: "/bin:/usr/bin", current: "/repo",
            isThere: programs.contains)
        #expect(command == expected)
    }
}
