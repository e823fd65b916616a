import DequeModule
import NIOConcurrencyHelpers

/// What arrived and was not taken yet, between the event loop that fills it and the tasks that read it.
///
/// A batch costs one lock and wakes at most one reader; taking one arrival costs one uncontended lock, and nothing
/// that a reader leaves behind is lost to the next one.
final class ArrivalBuffer: Sendable {
    enum End: Sendable {
        case closed
        case lost(ClientError)
    }

    fileprivate struct Reader: Sendable {
        var id: UInt64
        var continuation: CheckedContinuation<Void, Never>
    }

    fileprivate struct Batch: Sendable {
        var remaining: Int
        var bytes: Int
    }

    fileprivate struct State: Sendable {
        var arrivals = Deque<Arrival>()
        var batches = Deque<Batch>()
        var bytes = 0
        var readers = Deque<Reader>()
        var nextReader: UInt64 = 0
        var end: End?
        /// Whether the filler stopped because of `bytes` and wants to know when there is room.
        var isFull = false
    }

    enum Step: Sendable {
        case arrival(Arrival, hasRoomAgain: Bool)
        case end
        case failed(ClientError)
        case wait
    }

    private let state = NIOLockedValueBox(State())
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = max(maximumBytes, 1) }

    /// - Returns: Whether there is room for more.
    func append(_ arrivals: [Arrival], bytes: Int) -> Bool {
        let (hasRoom, readers) = state.withLockedValue { state -> (Bool, [Reader]) in
            guard state.end == nil, !arrivals.isEmpty else { return (!state.isFull, []) }
            state.arrivals.append(contentsOf: arrivals)
            state.batches.append(Batch(remaining: arrivals.count, bytes: bytes))
            state.bytes += bytes
            if state.bytes >= maximumBytes { state.isFull = true }
            let woken = min(state.readers.count, arrivals.count)
            defer { state.readers.removeFirst(woken) }
            return (!state.isFull, Array(state.readers.prefix(woken)))
        }
        for reader in readers { reader.continuation.resume() }
        return hasRoom
    }

    /// Nothing more comes. After ``End/closed`` what is left is dropped, after a loss it can still be taken.
    func end(_ end: End) {
        let readers = state.withLockedValue { state -> Deque<Reader> in
            if state.end == nil { state.end = end }
            if case .closed = end {
                state.end = end
                state.arrivals.removeAll()
                state.batches.removeAll()
                state.bytes = 0
            }
            defer { state.readers.removeAll() }
            return state.readers
        }
        for reader in readers { reader.continuation.resume() }
    }

    func take() -> Step {
        state.withLockedValue { state in
            if let arrival = state.arrivals.popFirst() {
                return .arrival(arrival, hasRoomAgain: state.countTaken(below: maximumBytes / 2))
            }
            switch state.end {
            case nil: return .wait
            case .closed: return .end
            case .lost(let error): return .failed(error)
            }
        }
    }

    /// Returns when there is something to take, or the end, or when the task is cancelled.
    func wait() async {
        let id = state.withLockedValue { state in
            state.nextReader += 1
            return state.nextReader
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLockedValue { state in
                    guard state.arrivals.isEmpty, state.end == nil, !Task.isCancelled else { return true }
                    state.readers.append(Reader(id: id, continuation: continuation))
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let reader = state.withLockedValue { state in
                state.readers.firstIndex { $0.id == id }.map { state.readers.remove(at: $0) }
            }
            reader?.continuation.resume()
        }
    }
}

extension ArrivalBuffer.State {
    /// Counts one arrival as taken.
    ///
    /// - Returns: Whether the filler, which had stopped, may go on.
    fileprivate mutating func countTaken(below low: Int) -> Bool {
        batches[0].remaining -= 1
        guard batches[0].remaining == 0 else { return false }
        bytes -= batches.removeFirst().bytes
        guard isFull, bytes <= low else { return false }
        isFull = false
        return true
    }
}

extension ArrivalBuffer {
    var hasRoom: Bool { state.withLockedValue { !$0.isFull } }
}
