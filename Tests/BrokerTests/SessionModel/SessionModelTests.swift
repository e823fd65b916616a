import Glibc
import Testing
import ZaichikProtocol

/// Random histories of queues, sessions, returns, deadlines, parking, seeks, transactions and deletions, on a whole broker
/// without sockets and threads: the same history does the same each time.
///
/// `ZAICHIK_SESSION_SEED` runs one seed again, `ZAICHIK_SESSION_HISTORIES` says how many a number of loops gets, and
/// `ZAICHIK_SESSION_SKIP` how many seeds are passed over before.
@Suite("A model of queues that outlive their connection")
struct SessionModelTests {
    @Test("random histories show nothing that the protocol does not allow", arguments: [1, 4])
    func histories(loops: Int) throws {
        let count = Self.number("ZAICHIK_SESSION_HISTORIES") ?? 5000
        let first = UInt64(loops) * 10_000_000 + UInt64(Self.number("ZAICHIK_SESSION_SKIP") ?? 0)
        let seeds = Self.number("ZAICHIK_SESSION_SEED").map { [UInt64($0)] } ?? (0..<UInt64(count)).map { first + $0 }
        var failures = 0
        for seed in seeds where failures < Self.mostFailures {
            let history = SessionHistoryGenerator.history(seed: seed, loops: loops)
            guard let failure = Self.failure(of: history) else { continue }
            let (shrunk, last) = Self.shrink(history, failure)
            Issue.record("\(failure)\nagain with ZAICHIK_SESSION_SEED=\(seed); shrunk, it says:\n\(last)\n\(shrunk)")
            failures += 1
        }
    }

    /// Failures that are told before it ends.
    private static let mostFailures = 3

    private static func failure(of history: SessionHistory) -> SessionModelFailure? {
        do {
            try SessionRun(history).run()
            return nil
        } catch {
            return error as? SessionModelFailure ?? SessionModelFailure(rule: "frames can be read", detail: "\(error)")
        }
    }

    /// Leaves out what the same failure does not need.
    private static func shrink(
        _ history: SessionHistory, _ failure: SessionModelFailure
    ) -> (SessionHistory, SessionModelFailure) {
        var (best, last, place) = (history, failure, 0)
        while let candidate = best.leavingOut(place) {
            if let found = Self.failure(of: candidate), found.rule == failure.rule {
                (best, last) = (candidate, found)
            } else {
                place += 1
            }
        }
        return (best, last)
    }

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
}
