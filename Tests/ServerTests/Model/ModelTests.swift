import Glibc
import TestSupport
import Testing
import ZaichikProtocol

/// Random histories of a whole broker over real sockets.
///
/// `ZAICHIK_MODEL_SEED` runs one seed again, as often as `ZAICHIK_MODEL_TIMES` says, `ZAICHIK_MODEL_HISTORIES` says how many
/// a number of loops gets, `ZAICHIK_MODEL_FAILURES` how many may fail before the rest is left out, and
/// `ZAICHIK_MODEL_WITHOUT` which rules to pass over, by parts of their text, with semicolons between them.
@Suite("A model of the whole broker")
struct ModelTests {
    @Test("random histories show nothing that the protocol does not allow", arguments: [1, 2, 4])
    func histories(loops: Int) async throws {
        let plan = ModelPlan(loops: loops)
        var failures: [String] = []
        for seeds in plan.brokers where failures.count < plan.mostFailures {
            let found = Results<[String]>(count: 1)
            try await TestBroker.run(loops: loops) { broker in
                let histories = try ModelHistories(broker)
                found.set(0, try histories.failures(of: seeds, most: plan.mostFailures))
            }
            failures += found.all[0]
        }
        for failure in failures { Issue.record("with \(loops) loops: \(failure)") }
    }
}

/// Which seeds are run, and on how many brokers.
struct ModelPlan {
    /// The seeds that share a broker: lists of many topics take longer.
    let brokers: [[UInt64]]
    let mostFailures: Int

    init(loops: Int) {
        let histories = Self.number("ZAICHIK_MODEL_HISTORIES") ?? 667
        mostFailures = Self.number("ZAICHIK_MODEL_FAILURES") ?? 1
        if let seed = Self.number("ZAICHIK_MODEL_SEED") {
            brokers = [Array(repeating: UInt64(seed), count: Self.number("ZAICHIK_MODEL_TIMES") ?? 20)]
        } else {
            let first = UInt64(loops) * 1_000_000
            brokers = stride(from: 0, to: histories, by: 50).map { start in
                (start..<min(start + 50, histories)).map { first + UInt64($0) }
            }
        }
    }

    static func isSwitchedOff(_ failure: ModelFailure) -> Bool {
        guard let rules = getenv("ZAICHIK_MODEL_WITHOUT") else { return false }
        return String(cString: rules).split(separator: ";").contains { failure.description.contains($0) }
    }

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
}
