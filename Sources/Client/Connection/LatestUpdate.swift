import NIOConcurrencyHelpers
import ZaichikProtocol

/// Holds the newest update of one watch until it is read; an older one that was not read is dropped.
final class LatestUpdate: Sendable {
    private struct State: AwaitedState {
        var update: StatisticsUpdate?
        var end: ArrivalBuffer.End?
        var readers = WaitingReaders()

        var mustWait: Bool { update == nil && end == nil }
    }

    private let state = NIOLockedValueBox(State())

    /// How many readers wait for an update.
    var waitingReaders: Int { state.withLockedValue { $0.readers.count } }

    func put(_ update: StatisticsUpdate) {
        let readers = state.withLockedValue { state in
            state.update = update
            return state.readers.removeFirst(1)
        }
        for reader in readers { reader.resume() }
    }

    func end(_ end: ArrivalBuffer.End) {
        let readers = state.withLockedValue { state in
            state.end = end
            return state.readers.removeAll()
        }
        for reader in readers { reader.resume() }
    }

    /// Waits for an update newer than the last one taken.
    ///
    /// - Returns: nil at the end, or when the task is cancelled; the next reader gets what is left.
    func next() async throws(ClientError) -> StatisticsUpdate? {
        while !Task.isCancelled {
            let (update, end) = state.withLockedValue { state in
                defer { state.update = nil }
                return (state.update, state.end)
            }
            if let update { return update }
            switch end {
            case .closed: return nil
            case .lost(let error): throw error
            case nil: await state.wait()
            }
        }
        state.passTurn()
        return nil
    }
}
