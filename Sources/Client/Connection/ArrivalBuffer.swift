import DequeModule
import NIOConcurrencyHelpers
import ZaichikProtocol

/// Holds arrivals until they are taken, between the event loop that fills it and the tasks that read it.
///
/// A batch costs one lock and wakes at most as many readers as it has arrivals; taking one arrival costs one
/// uncontended lock. A reader that was woken and is cancelled before it takes anything passes its turn to the next.
final class ArrivalBuffer: Sendable {
    enum End: Sendable {
        case closed
        case lost(ClientError)
    }

    fileprivate struct Batch: Sendable {
        var remaining: Int
        var bytes: Int
    }

    fileprivate struct State: AwaitedState {
        var arrivals = Deque<Arrival>()
        var batches = Deque<Batch>()
        var bytes = 0
        var readers = WaitingReaders()
        var end: End?
        /// Whether the filler stopped because of `bytes` and wants to know when there is room.
        var isFull = false

        var mustWait: Bool { arrivals.isEmpty && end == nil }
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

    /// Whether there is room for more.
    var hasRoom: Bool { state.withLockedValue { !$0.isFull } }

    /// How many readers wait for an arrival.
    var waitingReaders: Int { state.withLockedValue { $0.readers.count } }

    /// - Returns: Whether there is room for more.
    func append(_ arrivals: [Arrival], bytes: Int) -> Bool {
        let (hasRoom, readers) = state.withLockedValue { state -> (Bool, [WaitingReaders.Continuation]) in
            guard state.end == nil, !arrivals.isEmpty else { return (!state.isFull, []) }
            state.arrivals.append(contentsOf: arrivals)
            state.batches.append(Batch(remaining: arrivals.count, bytes: bytes))
            state.bytes += bytes
            if state.bytes >= maximumBytes { state.isFull = true }
            return (!state.isFull, state.readers.removeFirst(arrivals.count))
        }
        for reader in readers { reader.resume() }
        return hasRoom
    }

    /// Takes no more arrivals. Those that are left are dropped after ``End/closed``, and can still be taken after a loss.
    func end(_ end: End) {
        let readers = state.withLockedValue { state in
            if state.end == nil { state.end = end }
            if case .closed = end {
                state.end = end
                state.arrivals.removeAll()
                state.batches.removeAll()
                state.bytes = 0
            }
            return state.readers.removeAll()
        }
        for reader in readers { reader.resume() }
    }

    /// Drops the deliveries that were not taken, as they come again; gaps stay.
    ///
    /// - Returns: The lowest sequence that was dropped of each topic.
    func dropDeliveries() -> [TopicName: UInt64] {
        state.withLockedValue { state in
            var dropped: [TopicName: UInt64] = [:]
            state.arrivals.removeAll { arrival in
                guard case .delivery(let delivery) = arrival else { return false }
                dropped[delivery.topic] = min(dropped[delivery.topic] ?? .max, delivery.sequence)
                return true
            }
            state.batches = state.arrivals.isEmpty ? [] : [Batch(remaining: state.arrivals.count, bytes: 0)]
            state.bytes = 0
            state.isFull = false
            return dropped
        }
    }

    /// Takes the oldest arrival if there is one, without waiting.
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

    /// Waits for the next arrival and takes it.
    ///
    /// - Returns: nil at the end, or when the task is cancelled; the next reader gets what is left.
    func next() async throws(ClientError) -> (arrival: Arrival, hasRoomAgain: Bool)? {
        while !Task.isCancelled {
            switch take() {
            case .arrival(let arrival, let hasRoomAgain): return (arrival, hasRoomAgain)
            case .end: return nil
            case .failed(let error): throw error
            case .wait: await state.wait()
            }
        }
        state.passTurn()
        return nil
    }
}

extension ArrivalBuffer.State {
    /// Counts one arrival as taken.
    ///
    /// - Returns: Whether the filler, which had stopped, may resume.
    fileprivate mutating func countTaken(below low: Int) -> Bool {
        batches[0].remaining -= 1
        guard batches[0].remaining == 0 else { return false }
        bytes -= batches.removeFirst().bytes
        guard isFull, bytes <= low else { return false }
        isFull = false
        return true
    }
}
