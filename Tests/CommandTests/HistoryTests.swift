import Foundation
import ProgramSupport
import Testing
import ZaichikProtocol

@testable import Zaichik

@Suite("Histories, clients that are gone, and shares", .timeLimit(.minutes(1)))
struct HistoryTests {
    private func history(_ values: [UInt64]) -> History {
        var history = History()
        history.time = 1_700_000_000_000_000
        history.series = [History.Series(.lagMessages, values)]
        return history
    }

    @Test("a history is drawn with the newest second at the right, and told in numbers")
    func chart() {
        let lines = HistoryBlocks(history: history([0, 8, 16, 32])).lines(width: 80)
        #expect(lines[1] == "HISTORY of 4 s, to 2023-11-14T22:13:20.000Z; a column is a second")
        #expect(lines[3] == "  lag: 32 now, 32 at most, 14 on average")
        #expect(lines.suffix(4) == ["     █", "     █", "    ██", "   ███"])
    }

    @Test("a history that is longer than the terminal is wide shows the highest of some seconds in a column")
    func narrow() {
        let values = (0..<600).map { UInt64($0 == 301 ? 100 : 1) }
        let lines = HistoryBlocks(history: history(values)).lines(width: 62)
        #expect(lines[1].hasSuffix("a column is the highest of 10 s"))
        #expect(lines.dropFirst(4).allSatisfy { $0.count <= 62 })
        #expect(lines[4] == "  " + String(repeating: " ", count: 30) + "█")
    }

    @Test("a client to which nothing happened has an empty history")
    func empty() {
        #expect(
            HistoryBlocks(history: History()).lines(width: 80).last == "  nothing has happened in the last ten minutes")
        #expect(HistoryBlocks(history: history([0, 0])).lines(width: 80).last == "  lag: 0 all the time")
    }

    @Test("shares are in percent, with the rest in one line")
    func shares() {
        var shares = LagShares()
        shares.messages = 1000
        shares.others = 100
        shares.publishers = 4
        shares.rows = [LagShare(id: 13, name: "fox", messages: 700), LagShare(id: 14, name: "", messages: 200)]
        let lines = shares.lines(width: 80)
        #expect(lines[1] == "PUBLISHERS OF WHAT IT IS BEHIND ON")
        #expect(lines.contains { $0.contains("fox") && $0.contains("70 %") })
        #expect(lines.contains { $0.contains("#14") && $0.contains("20 %") })
        #expect(lines.contains { $0.contains("2 others") && $0.contains("10 %") })
    }

    @Test("a topic, a session and the broker show their past, too")
    func others() async throws {
        let broker = try await ServedBroker.start()
        let slow = ["--window", "1", "--commit-delay", "600000"]
        let reader = try broker.begin(
            "sub", "t", "--session", "work", "--name", "worker", slow[0], slow[1], slow[2], slow[3])
        try await broker.waitForSubscriber("worker")
        _ = try await broker.run("pub", "t", "-l", input: "1\n2\n")
        for (command, line) in [
            (["topic", "info", "t"], "retained: 2 now"), (["session", "info", "work"], "lag: 2 now"),
            (["status"], "lag: 2 now"),
        ] {
            try await eventually("a second is noted") {
                try await broker.run(command + ["--history"]).output.contains(line)
            }
            let json = try await broker.run(command + ["--history", "--json"]).output
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            #expect(object["history"] is [String: Any], "\(json)")
            #expect(!(try await broker.run(command).output.contains("HISTORY of")))
        }
        reader.signal(SIGINT)
        _ = await reader.finished()
    }

    @Test("client info shows the past and the publishers, and a client that is gone with the reason")
    func client() async throws {
        let broker = try await ServedBroker.start()
        let reader = try broker.begin("sub", "t", "--name", "tortoise", "--window", "1", "--no-commit")
        try await broker.waitForSubscriber("tortoise")
        _ = try await broker.run("pub", "t", "one", "--name", "fox")
        _ = try await broker.run("pub", "t", "two", "--name", "fox")
        try await eventually("a second is noted") {
            try await broker.run("client", "info", "tortoise", "--history").output.contains("lag: 2 now")
        }
        let shares = try await broker.run("client", "info", "tortoise", "--publishers").output
        #expect(shares.contains("fox") && shares.contains("100 %"))
        let json = try await broker.run("client", "info", "tortoise", "--history", "--publishers", "--json").output
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let past = try #require(object["history"] as? [String: Any])
        #expect((past["lag_messages"] as? [Int])?.last == 2)
        #expect((object["lag_shares"] as? [String: Any])?["messages"] as? Int == 2)
        reader.signal(SIGINT)
        _ = await reader.finished()
        try await eventually("it is gone") {
            try await broker.run("client", "ls", "tortoise", "--closed").lines.count == 2
        }
        let gone = try await broker.run("client", "info", "tortoise", "--closed").output
        #expect(gone.contains("It is gone: ") && gone.contains("lag: "))
        let row = try await broker.run("client", "ls", "tortoise", "--closed", "--json").output
        let closed = try #require(try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any])
        #expect(closed["reason"] is String && (closed["closed_at_us"] as? Int ?? 0) > 0)
        let unknown = try await broker.run("client", "info", "nobody", "--closed")
        #expect(unknown.status == 1 && unknown.errors.contains("client ls --closed"))
        let both = try await broker.run("client", "info", "tortoise", "--closed", "--history")
        #expect(both.status == 64)
    }
}
