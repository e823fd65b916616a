import Foundation
import Testing
import ZaichikBroker
import ZaichikClient
import ZaichikProtocol

@testable import Zaichik

@Suite("Limits of serve", .timeLimit(.minutes(1)))
struct LimitOptionTests {
    @Test("every option of the table of limits is one of serve's, and its help says what it limits")
    func help() async throws {
        let help = await (try Running(["serve", "--help"])).finished().output
        let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var options = 0
        for limit in Limit.all {
            guard case .option(let option) = limit.setting else { continue }
            #expect(words.contains("--\(option) <"), "\(option)")
            #expect(words.contains(limit.help), "\(limit.help)")
            options += 1
        }
        #expect(options == 10)
    }

    @Test(
        "a number that a limit cannot have is a usage error that says what it can have",
        arguments: [
            (["--max-connections", "0"], "at least 1"), (["--max-topics", "0"], "at least 1"),
            (["--max-sessions", "0"], "at least 1"), (["--max-producers", "0"], "at least 1"),
            (["--producer-time", "0"], "at least 1"),
            (["--max-subscriptions", "-1"], "at least 1"), (["--max-frame", "8191"], "between 8KiB and 1GiB"),
            (["--max-frame", "2GiB"], "between 8KiB and 1GiB"), (["--memory-limit", "0"], "at least 1MiB"),
            (["--memory-limit", "99999999999999999999"], "a size is"), (["--gather", "-1"], "0 or more"),
            (["--unused-topics", "soon"], "a time is"),
            (["--loops", "9223372036854775807"], "between 1 and 256"),
        ])
    func refused(arguments: [String], reason: String) async throws {
        // An option's value may look like an option.
        let joined = ["\(arguments[0])=\(arguments[1])"]
        let finished = await (try Running(["serve", "--listen", "127.0.0.1:0"] + joined)).finished()
        #expect(finished.status == 64 && finished.errors.contains(reason), "\(finished)")
    }

    @Test("the largest numbers are served with")
    func largest() async throws {
        let most = "\(Int.max)"
        let broker = try await ServedBroker.start([
            "--loops", "1", "--gather", most, "--max-connections", most, "--max-topics", most,
            "--max-sessions", most, "--max-producers", most, "--producer-time", most, "--max-subscriptions", most,
            "--unused-topics", "9999999d", "--unused-history", "0", "--memory-limit", "\(UInt64.max)", "--max-frame",
            "1GiB",
        ])
        for number in 1...3 {
            #expect(try await broker.run("pub", "hello", "\(number)").status == 0)
            #expect(try await broker.run("topic", "ls").status == 0)
        }
        broker.running.signal(SIGTERM)
        #expect(await broker.running.finished().status == 0)
    }

    @Test("a limit that is set holds, and clients are told")
    func holds() async throws {
        let broker = try await ServedBroker.start(["--max-topics", "2", "--max-frame", "8KiB"])
        #expect(try await broker.run("pub", "a", "one").status == 0)
        #expect(try await broker.run("pub", "b", "two").status == 0)
        let refused = try await broker.run("pub", "c", "three")
        #expect(refused.status != 0 && refused.errors.contains("2 topics"), "\(refused)")
        let long = try await broker.run("pub", "a", String(repeating: "x", count: 9000))
        #expect(long.status != 0, "\(long)")
    }

    @Test("refusals at the limit of connections are a line, however many there are")
    func refusals() async throws {
        let broker = try await ServedBroker.start(["--max-connections", "1"])
        let reader = try await broker.client()
        for _ in 0..<20 { #expect(try await broker.run("topic", "ls").status != 0) }
        func lines() -> [Substring] {
            broker.running.errors.split(separator: "\n").filter { $0.contains("too-many-connections") }
        }
        try await eventually("they are told") { !lines().isEmpty }
        #expect(lines().count == 1 && lines()[0].hasSuffix("refusing"), "\(lines())")
        await reader.close()
    }
}
