import Foundation
import Testing

@testable import Zaichik

@Suite("Where serve listens", .timeLimit(.minutes(1)))
struct ListenTests {
    private func serve(_ addresses: String...) async throws -> Finished {
        let options = addresses.flatMap { ["--listen", $0] }
        let folder = URL.temporaryDirectory.appending(path: "zaichik-run-\(UUID().uuidString)").path()
        return await (try Running(["serve"] + options, environment: ["XDG_RUNTIME_DIR": folder])).finished()
    }

    @Test("a host that does not exist is named, with what would be right")
    func noHost() async throws {
        let ended = try await serve("no-such-host.invalid:25004")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("there is no host 'no-such-host.invalid'"), "\(ended)")
        #expect(ended.errors.contains("for example 127.0.0.1:8889"))
    }

    @Test("an address of another machine is named")
    func foreign() async throws {
        let ended = try await serve("203.0.113.1:25004")
        #expect(ended.status == 1 && ended.errors.contains("203.0.113.1:25004: this machine does not have"), "\(ended)")
    }

    @Test("the same address twice is one, also as a name and in numbers")
    func twice() async throws {
        let first = try await ServedBroker.start()
        let broker = try await ServedBroker.start()
        first.running.signal(SIGTERM)
        #expect(await first.running.finished().status == 0)
        // The port of a broker that has just ended is free.
        let port = first.port
        let again = try await ServedBroker.start(
            ["--listen", "127.0.0.1:\(port)", "--listen", "127.0.0.1:\(port)", "--listen", "127.0.0.1:\(port)"])
        #expect(again.running.output.split(separator: "\n").count == 2)
        #expect(broker.port != port)
    }

    @Test("a name is served at all of its addresses, which are printed in numbers")
    func name() async throws {
        let broker = try await ServedBroker.start(["--listen", "localhost:0"])
        let lines = broker.running.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.contains(" listening on 127.0.0.1:") || $0.contains(" listening on [::1]:") })
        #expect(lines.count >= 2)
    }

    @Test("every address and one of them on the same port is wrong usage")
    func overlapping() async throws {
        let ended = try await serve("0.0.0.0:25005", "127.0.0.1:25005")
        #expect(ended.status == 64 && ended.errors.contains("the first includes the second"), "\(ended)")
    }

    @Test("a port that another program has is told as such, and one that a broker has, too")
    func occupied() async throws {
        let broker = try await ServedBroker.start()
        let ended = try await serve(broker.address)
        #expect(ended.status == 1 && ended.errors.contains("a zaichik broker runs there already"), "\(ended)")
    }
}
