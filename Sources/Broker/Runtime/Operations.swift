import NIOConcurrencyHelpers
import Synchronization
import ZaichikProtocol

/// What an operator has decided about the broker as a whole, until he undoes it.
final class Operations: Sendable {
    /// A decision, and by whom and why it was made.
    struct Decision: Equatable, Sendable {
        /// Who, such as `client 7 ('ops', 127.0.0.1:4711)`.
        var by: String
        /// Empty: nothing was said.
        var reason: String
        /// µs since 1970.
        var since: UInt64
        /// In µs since 1970; 0: until it is undone.
        var until: UInt64 = 0

        /// Since when it stands, in µs; never 0.
        func time(now: UInt64) -> UInt64 { now > since ? now - since : 1 }

        /// For a publisher that is refused.
        var drainText: String {
            "the broker takes no publishes, as it is drained by \(by)" + OperatorText.end(reason)
        }

        /// For a client that is refused.
        var notAcceptingText: String {
            "the broker takes no new connections for now, only those that administer it, as decided by \(by)"
                + OperatorText.end(reason)
        }
    }

    private struct Decisions {
        var draining: Decision?
        var notAccepting: Decision?
        /// Whether the end of the drain's time was told.
        var isDeadlineTold = false
    }

    /// Looked at for each run of publishes, so not behind the lock.
    private let drains = Atomic<Bool>(false)
    private let decisions = NIOLockedValueBox(Decisions())

    /// Whether no publishes are taken.
    @inline(__always)
    var isDraining: Bool { drains.load(ordering: .relaxed) }

    /// nil if publishes are taken.
    var draining: Decision? { decisions.withLockedValue { $0.draining } }
    /// nil if new connections are taken.
    var notAccepting: Decision? { decisions.withLockedValue { $0.notAccepting } }

    /// - Parameter decision: nil to take publishes again.
    /// - Returns: Whether that changes anything.
    @discardableResult
    func drain(_ decision: Decision?) -> Bool {
        decisions.withLockedValue { decisions in
            guard decision != nil || decisions.draining != nil else { return false }
            decisions.draining = decision
            decisions.isDeadlineTold = false
            drains.store(decision != nil, ordering: .relaxed)
            return true
        }
    }

    /// - Parameter decision: nil to take new connections again.
    func stopAccepting(_ decision: Decision?) { decisions.withLockedValue { $0.notAccepting = decision } }

    /// Whether the time of a drain has come to its end since this was asked last.
    func isDeadlineNew(now: UInt64) -> Bool {
        decisions.withLockedValue { decisions in
            guard let drain = decisions.draining, drain.until > 0, drain.until <= now, !decisions.isDeadlineTold
            else { return false }
            decisions.isDeadlineTold = true
            return true
        }
    }
}
