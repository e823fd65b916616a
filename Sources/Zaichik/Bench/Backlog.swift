import Synchronization

/// What is published and not yet delivered, over all event loops. Without a rate publishers wait while it is too
/// much: the broker confirms before it delivers, and would take in more than subscribers get, for as long as its
/// memory lasts.
final class Backlog: Sendable {
    private let outstanding = Atomic<Int>(0)
    /// In deliveries.
    private let limit: Int
    private let waiting = Mutex<[@Sendable () -> Void]>([])

    /// - Parameter limit: In deliveries, 1 at least.
    init(limit: Int) { self.limit = limit }

    /// Deliveries that may still be caused.
    var room: Int { max(limit - outstanding.load(ordering: .sequentiallyConsistent), 0) }

    func published(_ deliveries: Int) { outstanding.add(deliveries, ordering: .sequentiallyConsistent) }

    /// - Parameter deliveries: That came, or never will.
    func settled(_ deliveries: Int) {
        let left = outstanding.subtract(deliveries, ordering: .sequentiallyConsistent).newValue
        // A quarter at a time: room for one message is not worth a write, unless one is all.
        guard left <= limit - max(limit / 4, 1) else { return }
        let resumed = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for resume in resumed { resume() }
    }

    /// Calls `resume` when there may be room. Whoever waits looks again afterwards: there may be room already.
    func wait(_ resume: @escaping @Sendable () -> Void) { waiting.withLock { $0.append(resume) } }
}
