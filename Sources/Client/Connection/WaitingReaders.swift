import DequeModule
import NIOConcurrencyHelpers

/// The tasks that wait for something to read, oldest first. Guarded by the lock of whatever they read from.
struct WaitingReaders: Sendable {
    typealias Continuation = CheckedContinuation<Void, Never>

    private var readers = Deque<(id: UInt64, continuation: Continuation)>()
    private var lastID: UInt64 = 0

    var count: Int { readers.count }

    fileprivate mutating func makeID() -> UInt64 {
        lastID += 1
        return lastID
    }

    fileprivate mutating func add(_ id: UInt64, _ continuation: Continuation) {
        readers.append((id, continuation))
    }

    fileprivate mutating func remove(_ id: UInt64) -> Continuation? {
        readers.firstIndex { $0.id == id }.map { readers.remove(at: $0).continuation }
    }

    /// - Returns: The readers to resume once the lock is released.
    mutating func removeFirst(_ count: Int) -> [Continuation] {
        let count = min(count, readers.count)
        defer { readers.removeFirst(count) }
        return readers.prefix(count).map(\.continuation)
    }

    mutating func removeAll() -> [Continuation] { removeFirst(readers.count) }
}

/// State that tasks read from, and wait for while there is nothing to read.
protocol AwaitedState: Sendable {
    var readers: WaitingReaders { get set }
    /// Whether there is neither anything to read nor an end.
    var mustWait: Bool { get }
}

extension NIOLockedValueBox where Value: AwaitedState {
    /// Suspends the task until it may have something to read, or is cancelled.
    func wait() async {
        let id = withLockedValue { $0.readers.makeID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = withLockedValue { state in
                    guard state.mustWait, !Task.isCancelled else { return false }
                    state.readers.add(id, continuation)
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            withLockedValue { $0.readers.remove(id) }?.resume()
        }
    }

    /// Wakes the next reader if there is something for it; called by a reader that leaves without having read.
    func passTurn() {
        let readers = withLockedValue { $0.mustWait ? [] : $0.readers.removeFirst(1) }
        for reader in readers { reader.resume() }
    }
}
