import DequeModule

/// Work that a loop does in steps: one step of one task each time its sockets have had their turn.
///
/// Tasks take turns, so a short one does not wait for a long one to end.
final class BackgroundWork {
    /// Does one step, and returns whether more are left.
    typealias Task = (_ now: UInt64) -> Bool

    /// A closure that is stored in a generic container by itself is wrapped each time it is put in and taken out, and
    /// calling it goes through all the wraps.
    private struct Entry {
        let task: Task
    }

    private var tasks: Deque<Entry> = []
    private let wake: () -> Void

    /// - Parameter wake: Makes the loop call ``step(now:)`` after it has looked at its sockets.
    init(wake: @escaping () -> Void) { self.wake = wake }

    var isEmpty: Bool { tasks.isEmpty }

    func add(_ task: @escaping Task) {
        tasks.append(Entry(task: task))
        wake()
    }

    /// Does one step of the task whose turn it is. The loop calls again while there are tasks.
    func step(now: UInt64) {
        guard let entry = tasks.popFirst() else { return }
        if entry.task(now) { tasks.append(entry) }
    }

    /// Drops all tasks: the loop has ended.
    func close() { tasks.removeAll() }
}
