import Foundation
import NIOCore
import Testing
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik

@Suite("zaichik events and zaichik trace", .timeLimit(.minutes(1)))
struct EventsTests {
    @Test("events prints what is kept and ends; --type chooses, --json prints the objects, --last the last ones")
    func kept() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("topic", "create", "orders").status == 0)
        let all = try await broker.run("events")
        #expect(all.status == 0 && all.output.contains(" info topic-created: topic created "), "\(all)")
        #expect(all.output.contains("topic=\"orders\""), "\(all)")
        let json = try await broker.run("events", "--type", "gap,topic-created", "--json")
        let lines = json.output.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("{\"event\":\"topic-created\",\"time\":"), "\(json)")
        let last = try await broker.run("events", "--last", "1")
        #expect(last.output.split(separator: "\n").count >= 1 && !last.output.contains("orders"), "\(last)")
        let none = try await broker.run("events", "--type", "gap")
        #expect(
            none.status == 0 && none.output.isEmpty && none.errors.contains("no event that is kept has the name gap"))
        let wrong = try await broker.run("events", "--last", "0")
        #expect(wrong.status == 64 && wrong.errors.contains("-f"))
    }

    @Test("--client chooses a client or a session, by name or by id; --except leaves events out")
    func filtered() throws {
        func event(_ name: String, _ data: String) throws -> Report {
            let json = #"{"event":"\#(name)","time":1,"data":{\#(data)}}"#
            return try #require(Report(ByteBuffer(string: json)))
        }
        func wants(_ client: String?, except: [String] = [], _ event: Report) -> Bool {
            EventFilter(types: [], except: except, client: client).wants(event)
        }
        let came = try event("client-connected", #""client":7,"name":"alice""#)
        let gap = try event("gap", #""session":"billing","session_id":9,"topic":"orders""#)
        #expect(wants("alice", came) && wants("alice#7", came) && wants("#7", came) && wants(nil, came))
        #expect(!wants("alice", gap) && !wants("alice#8", came) && !wants("#8", came) && !wants("bob#7", came))
        #expect(wants("billing", gap) && wants("billing#9", gap) && !wants("orders", gap))
        #expect(!wants(nil, except: ["gap, client-connected"], came) && wants(nil, except: ["gap"], came))
        #expect(
            EventFilter(types: ["gap"], except: [], client: "alice").wanted == "has the name gap and is about 'alice'")
    }

    @Test("events -f goes on with what is to come")
    func follows() async throws {
        let broker = try await ServedBroker.start()
        let events = try broker.begin("events", "-f", "--type", "topic-created")
        try await eventually("it listens") {
            try await broker.run("topic", "create", "orders").status == 0 && events.output.contains("topic=\"orders\"")
        }
        events.signal(SIGINT)
        _ = await events.finished()
    }

    @Test("trace --message publishes a message and prints its way, until every queue is done with it")
    func publishes() async throws {
        let broker = try await ServedBroker.start()
        let reader = try broker.begin("sub", "orders")
        try await broker.waitForSubscriber("")
        let traced = try await broker.run("trace", "orders", "--message", "test", "-W", "30s")
        #expect(traced.status == 0, "\(traced)")
        let names: Set<Substring> = ["STEP", "accepted", "queued", "delivered", "committed"]
        let steps = traced.output.split(separator: "\n").map { line in
            line.split(separator: " ").first { names.contains($0) } ?? line
        }
        #expect(steps == ["STEP", "accepted", "queued", "delivered", "committed"], "\(traced)")
        #expect(reader.output == "test\n")
        let again = try await broker.run("trace", "orders", "1")
        #expect(again.output.split(separator: "\n").count == 5, "\(again)")
        let json = try await broker.run("trace", "orders", "1", "--json")
        #expect(json.output.split(separator: "\n").allSatisfy { $0.contains("\"topic\":\"orders\",\"sequence\":1") })
        reader.signal(SIGINT)
        _ = await reader.finished()
    }

    @Test("of a message that is not traced, and of one that nobody reads, trace says so")
    func untraced() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("pub", "orders", "one").status == 0)
        let missing = try await broker.run("trace", "orders", "1")
        #expect(missing.status == 1 && missing.errors.contains("was it published with a trace?"), "\(missing)")
        #expect(try await broker.run("pub", "--trace", "orders", "two").status == 0)
        let alone = try await broker.run("trace", "orders", "2", "-f", "-W", "30s")
        #expect(alone.status == 0 && alone.output.contains("queues=0"), "\(alone)")
        let both = try await broker.run("trace", "orders", "2", "--message", "x")
        #expect(both.status == 64 && both.errors.contains("SEQUENCE"), "\(both)")
    }
}
