import Foundation
import Testing

@testable import Zaichik

@Suite("Looking at the messages of a topic", .serialized, .timeLimit(.minutes(1)))
struct TopicPeekTests {
    private func scene(_ count: Int) async throws -> ServedBroker {
        let broker = try await ServedBroker.start()
        let input = (1...count).map { "k\($0)\t\($0)\n" }.joined()
        #expect(try await broker.run("pub", "orders", "-l", "-K", "\t", input: input).status == 0)
        return broker
    }

    private func sequences(_ finished: Finished) throws -> [Int] {
        try finished.lines.map { line in
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(row?["sequence"] as? Int)
        }
    }

    @Test("the last ten are shown, from any start others, and as many as are wanted")
    func starts() async throws {
        let broker = try await scene(300)
        let last = try await broker.run("topic", "peek", "orders", "--json")
        #expect(try sequences(last) == Array(291...300) && last.errors.isEmpty, "\(last)")
        #expect(
            try sequences(try await broker.run("topic", "peek", "orders", "--last", "3", "--json")) == [298, 299, 300])
        let first = try await broker.run("topic", "peek", "orders", "--from", "first", "--limit", "2", "--json")
        #expect(try sequences(first) == [1, 2] && first.errors.contains("298 more are kept"), "\(first)")
        let middle = try await broker.run("topic", "peek", "orders", "--from", "seq:20", "--limit", "270", "--json")
        #expect(try sequences(middle) == Array(20...289), "more than one answer of the broker has")
        #expect(middle.errors.contains("11 more are kept"), "\(middle.errors)")
        let all = try await broker.run("topic", "peek", "orders", "--from", "time:1h", "--limit", "1000", "--json")
        #expect(try sequences(all) == Array(1...300) && all.errors.isEmpty)
        #expect(try sequences(try await broker.run("topic", "peek", "orders", "--last", "256", "--json")).count == 256)
    }

    @Test("nothing is taken or subscribed to, and what was purged is not shown")
    func nothingTaken() async throws {
        let broker = try await scene(3)
        let table = try await broker.run("topic", "peek", "orders")
        #expect(table.lines.first == "sequence\ttime\tage_us\tbytes\tkey\tpayload", "\(table)")
        #expect(table.lines.count == 4 && table.lines[1].hasSuffix("\tk1\t1"), "\(table)")
        let info = try await broker.run("topic", "info", "orders", "--json").output
        #expect(info.contains("\"subscribers\":0") && info.contains("\"retained_messages\":3"), "\(info)")
        _ = try await broker.run("topic", "purge", "orders", "--key", "k2", "--yes")
        #expect(try sequences(try await broker.run("topic", "peek", "orders", "--json")) == [1, 3])
    }

    @Test("a topic that there is not, and wrong use, say what would be right")
    func wrong() async throws {
        let broker = try await scene(1)
        let unknown = try await broker.run("topic", "peek", "nothing")
        #expect(unknown.status == 1 && unknown.errors.contains("'zaichik topic ls' lists the topics"), "\(unknown)")
        for start in ["new", "connect", "last-per-key", "500"] {
            let finished = try await broker.run("topic", "peek", "orders", "--from", start)
            #expect(finished.status == 64 && finished.errors.contains("first, last:N, seq:N or time:T"), "\(finished)")
        }
        let both = try await broker.run("topic", "peek", "orders", "--from", "first", "--last", "3")
        #expect(both.status == 64, "\(both)")
    }
}
