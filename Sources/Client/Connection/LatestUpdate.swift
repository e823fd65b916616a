import NIOConcurrencyHelpers
import ZaichikProtocol

/// Holds the newest update of one watch until it is read; an older one that nobody read is dropped.
final class LatestUpdate: Sendable {
    private struct State: Sendable {
        var update: StatisticsUpdate?
        var end: ArrivalBuffer.End?
        var reader: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    func put(_ update: StatisticsUpdate) {
        wake { $0.update = update }
    }

    func end(_ end: ArrivalBuffer.End) {
        wake { $0.end = end }
    }

    /// - Returns: Nothing at the end, or when the task is cancelled.
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
            case nil: await wait()
            }
        }
        return nil
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let before = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
                    guard state.update == nil, state.end == nil, !Task.isCancelled else { return continuation }
                    defer { state.reader = continuation }
                    return state.reader
                }
                before?.resume()
            }
        } onCancel: {
            wake { _ in }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let reader = state.withLockedValue { state in
            change(&state)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }
}
