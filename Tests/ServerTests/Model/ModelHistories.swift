import TestSupport
import ZaichikProtocol

/// Runs histories on one broker, each under a prefix of its own, and makes those that fail as short as it can.
final class ModelHistories {
    private let broker: TestBroker
    private var observer: NativeClient
    private var runs = 0

    init(_ broker: TestBroker) throws {
        self.broker = broker
        observer = try broker.client("observer")
    }

    /// - Returns: For each seed that fails, what it shows, and the history shrunk.
    func failures(of seeds: [UInt64], most: Int) throws -> [String] {
        var failures: [String] = []
        for seed in seeds where failures.count < most {
            let history = HistoryGenerator.history(seed: seed)
            guard let failure = try failure(of: history) else { continue }
            let (shrunk, last) = try shrink(history, failure)
            failures.append(
                """
                \(failure)
                  again with ZAICHIK_MODEL_SEED=\(seed); shrunk, it says:
                  \(last)
                \(shrunk)
                """)
        }
        return failures
    }

    /// Runs one history.
    ///
    /// - Parameter patience: Seconds for figures to become what they should be.
    /// - Returns: nil if it shows nothing.
    private func failure(of history: History, patience: Double = 2) throws -> ModelFailure? {
        runs += 1
        let run = HistoryRun(history, prefix: "h\(runs)m", broker: broker, observer: observer, patience: patience)
        do {
            try run.run()
            return nil
        } catch let failure as ModelFailure where ModelPlan.isSwitchedOff(failure) {
            return nil
        } catch {
            // It may have been left within an answer.
            observer = try broker.client("observer")
            return error as? ModelFailure ?? ModelFailure(rule: "the broker answers in time", detail: "\(error)")
        }
    }

    // MARK: Shrinking

    private static let mostRuns = 400

    /// Leaves out what the same failure does not need. A race may need some tries to show itself again.
    private func shrink(_ history: History, _ failure: ModelFailure) throws -> (History, ModelFailure) {
        var best = history
        var last = failure
        let end = runs + Self.mostRuns
        var place = 0
        while runs < end, let candidate = best.leavingOut(place) {
            if let found = try self.failure(of: candidate, rule: failure.rule) {
                best = candidate
                last = found
            } else {
                place += 1
            }
        }
        return (best, last)
    }

    private func failure(of history: History, rule: String) throws -> ModelFailure? {
        for _ in 0..<3 {
            if let found = try failure(of: history, patience: 0.1), found.rule == rule { return found }
        }
        return nil
    }
}

extension History {
    /// The history without its part in some place: a round, what one client does in a round, or a step.
    ///
    /// - Returns: nil past the last part.
    func leavingOut(_ place: Int) -> History? {
        var place = place
        var shorter = self
        if place < rounds.count {
            shorter.rounds.remove(at: place)
            return shorter
        }
        place -= rounds.count
        for (index, round) in rounds.enumerated() {
            guard case .work(var scripts) = round else { continue }
            for client in scripts.indices where !scripts[client].isEmpty {
                if place < scripts[client].count {
                    scripts[client].remove(at: place)
                    shorter.rounds[index] = .work(scripts)
                    return shorter
                }
                place -= scripts[client].count
            }
        }
        return nil
    }
}
