import ArgumentParser
import Foundation
import Testing

@testable import Zaichik

/// Every way to be wrong that a command line has: the exit code, one line on standard error, nothing on standard output.
@Suite("Wrong usage", .serialized, .timeLimit(.minutes(2)))
struct WrongUsageTests {
    /// Runs a command that must end by itself, with an address where nothing listens.
    private func run(_ words: [String]) async throws -> Finished {
        await (try Running(words, environment: ["ZAICHIK_ADDRESS": "127.0.0.1:1"])).finished()
    }

    /// The words of every command that does something by itself.
    private static let places: [[String]] = leaves(of: RootCommand.self)

    private static func leaves(of command: any ParsableCommand.Type) -> [[String]] {
        let subcommands = command.configuration.subcommands
        guard !subcommands.isEmpty else { return [[]] }
        return subcommands.flatMap { subcommand in
            leaves(of: subcommand).map { [subcommand.configuration.commandName ?? ""] + $0 }
        }
    }

    private func expectUsage(_ words: [String], _ remedy: String, _ path: String) async throws {
        let failed = try await run(words)
        #expect(failed.status == 64, "\(words): \(failed)")
        #expect(failed.output.isEmpty, "\(words): \(failed)")
        #expect(failed.errors.hasPrefix("zaichik: ") && failed.errors.hasSuffix("\n"), "\(words): \(failed)")
        #expect(
            failed.errors.split(separator: "\n", omittingEmptySubsequences: false).count == 2, "\(words): \(failed)")
        #expect(failed.errors.contains(remedy), "\(words): \(failed)")
        #expect(
            failed.errors.contains("'\(path) --help'") || failed.errors.contains("did you mean"), "\(words): \(failed)")
    }

    @Test("an option before its command is told to go after it")
    func optionFirst() async throws {
        try await expectUsage(
            ["--connect", "x:1", "session", "ls"], "options go after the command: zaichik session … --connect",
            "zaichik")
        try await expectUsage(
            ["session", "--json", "ls"], "options go after the command: zaichik session ls … --json", "zaichik session")
    }

    @Test("what is wrong in every command is said in the same way", arguments: places)
    func everyCommand(command: [String]) async throws {
        let path = (["zaichik"] + command).joined(separator: " ")
        try await expectUsage(command + ["--nonsense"], "unknown option '--nonsense'", path)
        try await expectUsage(
            command + ["-5"], "unknown option '-5'; an argument that begins with a dash goes after '--'", path)
        try await expectUsage(command + ["-dash"], "unknown option '-d' in '-dash'", path)
        try await expectUsage(command + ["--help=x"], "'--help' takes no value", path)
        let table = OptionTable(of: try #require(Self.type(of: command)))
        let option = table.options.first { if case .option = $0.value { true } else { false } }?.key
        #expect((option == nil) == (command == ["completion"]))
        if let option {
            try await expectUsage(command + [option], "'\(option)' needs a value", path)
            try await expectUsage(command + [option, "--help"], "'--help' is an option", path)
        }
        let extra = (0..<8).map { "extra\($0)" }
        // Some take any number of arguments, others find something else wrong first.
        let others = [
            ["sub"], ["record"], ["completion"], ["bench"], ["topic", "set"], ["session", "set"], ["session", "seek"],
            ["parked", "show"],
            ["parked", "release"], ["parked", "drop"], ["check", "lag"], ["check", "age"],
            ["client", "window"], ["client", "skip"], ["session", "window"], ["session", "skip"], ["trace"],
        ]
        if !others.contains(command) {
            try await expectUsage(command + extra, "nexpected argument", path)
        }
        let help = try await run(command + ["--help"])
        #expect(help.status == 0 && help.errors.isEmpty && help.output.contains("USAGE: \(path)"), "\(help)")
        #expect(try await run(["help"] + command).output == help.output)
    }

    private static func type(of command: [String]) -> (any ParsableCommand.Type)? {
        command.reduce(RootCommand.self as (any ParsableCommand.Type)?) { place, name in
            place?.configuration.subcommands.first { $0.configuration.commandName == name }
        }
    }

    @Test(
        "an option's value that is wrong is quoted, with what would be right",
        arguments: [
            (
                ["sub", "t", "--window", "-1"],
                "'-1' is invalid for '--window <messages>': use a whole number, 1 to"
            ),
            (["sub", "t", "--window", "0"], "use a whole number, 1 to 1048576"),
            (["sub", "t", "-C", "0"], "1 or more"), (["sub", "t", "-n-1"], "1 or more"),
            (["sub", "t", "--from", "there"], "last:N"),
            (["sub", "t", "--from", "time:2026-02-30"], "2026-02 has no day 30"),
            (["sub", "t", "--from", "seq:-1"], "seq:N"), (["sub", "a.*", "--from", "seq:1"], "last:N"),
            (["sub", "t", "-W", "1q"], "bare number is seconds"), (["sub", "t", "-W", "0"], "above 0"),
            (["status", "-W", "0"], "above 0"), (["stop", "-W", "0s"], "above 0"), (["bench", "-W", "0"], "above 0"),
            (["sub", "t", "-F", "%z"], "use one of %B"), (["sub", "t", "-F", "\\q"], "\\xHH"),
            (["sub", "t", "-0", "--raw"], "--raw"), (["sub", "t", "-0", "-F", "%p"], "\\0"),
            (["sub", "t", "--json", "--raw"], "only one"), (["sub", "a.>.b"], "last one"),
            (["sub"], "at least one topic"),
            (["pub"], "<topic>"), (["pub", "t"], "Give a MESSAGE"), (["pub", "a..b", "x"], "no empty levels"),
            (["pub", "t", "x", "-l"], "only one"), (["pub", "t", "x", "--rate", "fast"], "use a number"),
            (["pub", "t", "x", "-K:"], "-l or -0"), (["pub", "t", "-l", "-K", ""], "separator"),
            (["pub", "t", "-l", "-K", "\\n"], "line feed"), (["pub", "t", "-0", "-K\\0"], "NUL"),
            (["pub", "t", "-l", "-K", "\\xg0"], "\\xHH"), (["pub", "t", "-l", "--key-optional"], "-K"),
            (["pub", "t", "-l", "--count", "2"], "one message"), (["pub", "t", "-f", "-", "-f", "-"], "only once"),
            (["pub", "t", "x", "--connect", "h:x"], "HOST:PORT"),
            (["topic", "create", "t", "--limit", "3q"], "a size is"),
            (["topic", "create", "t", "--retention", "1"], "1s, 5m"),
            (["topic", "create", "t", "--overflow", "foo"], "drop"),
            (["client", "ls", "--sort", "beauty"], "lag_messages"),
            (["topic", "ls", "--limit", "-1"], "use a whole number, 0 or more"),
            (["serve", "--log-level", "loud"], "notice"), (["serve", "--loops", "x"], "--loops"),
            (["bench", "--publishers", "-1"], "0 to 65536"), (["bench", "--size", "1"], "at least 16"),
            (["bench", "sideways"], "many-to-many"), (["lag", "--top", "x"], "--top"),
            (["stop", "--port", "0"], "65535"),
        ])
    func values(words: [String], remedy: String) async throws {
        let names = words.prefix { !$0.hasPrefix("-") }.prefix(["topic", "client"].contains(words[0]) ? 2 : 1)
        try await expectUsage(words, remedy, (["zaichik"] + names).joined(separator: " "))
    }

    @Test(
        "a command that does not exist is an error, also for help, and the one that was meant is named",
        arguments: [
            (["sbu", "t"], "did you mean 'sub'?"), (["help", "sbu"], "did you mean 'sub'?"),
            (["help", "topic", "craete"], "did you mean 'create'?"),
            (["sub", "t", "--form", "first"], "did you mean '--from' or '--format'?"),
            (["burrow"], "'zaichik --help' lists the commands"),
            (["help", "pub", "more"], "'zaichik pub' has no command 'more'"),
            (["topic"], "one of its commands: create, "),
            (["client"], "ls, info"), (["topic", "hop"], "'zaichik topic --help' lists the commands"),
        ])
    func commands(words: [String], remedy: String) async throws {
        let failed = try await run(words)
        #expect(failed.status == 64 && failed.output.isEmpty && failed.errors.contains(remedy), "\(words): \(failed)")
        #expect(failed.errors.split(separator: "\n").count == 1)
    }

    @Test("help goes to standard output with exit code 0, wherever it is asked for")
    func help() async throws {
        for words in [
            [], ["help"], ["--help"], ["topic", "--help"], ["topic", "help", "create"], ["pub", "t", "-lh"],
        ] {
            let help = try await run(words)
            #expect(help.status == 0 && help.errors.isEmpty && help.output.contains("USAGE: zaichik"), "\(words)")
        }
    }

    @Test("a shell's completions know every command", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let script = try await run(["--generate-completion-script", shell])
        #expect(script.status == 0 && script.errors.isEmpty)
        for command in Self.places { #expect(script.output.contains(command.last ?? ""), "\(command)") }
        #expect(script.output.contains("no-reconnect") && script.output.contains("key-optional"))
    }
}
