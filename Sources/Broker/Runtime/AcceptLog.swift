import Logging
import NIOConcurrencyHelpers

/// The log of connections that are not served: one line a second of each kind, however many peers try.
final class AcceptLog: Sendable {
    private struct State {
        var refused = LogLimiter("connection refused: the limit is reached")
        var lost = LogLimiter("connection lost before it was served")
    }

    private let state = NIOLockedValueBox(State())
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func refused(address: String) {
        write(state.withLockedValue { $0.refused.happened(now: Machine.steadyTime()) }, ["address": "\(address)"])
    }

    func lost(_ error: any Error) {
        write(state.withLockedValue { $0.lost.happened(now: Machine.steadyTime()) }, ["error": .quoted("\(error)")])
    }

    /// Logs what the limiters have still held back.
    func timePassed() {
        let now = Machine.steadyTime()
        write(state.withLockedValue { $0.refused.timePassed(now: now) })
        write(state.withLockedValue { $0.lost.timePassed(now: now) })
    }

    private func write(_ line: String?, _ metadata: Logger.Metadata = [:]) {
        if let line { logger.warning("\(line)", metadata: metadata) }
    }
}
