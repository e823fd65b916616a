import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Tells what happens to the connection of a command that reads on and on.
final class ConnectionNews: Sendable {
    private struct State {
        var connections = 0
        /// Why the last attempt to connect again failed, as it was told.
        var attemptFailure: String?
        var failure: ClientError?
    }

    private let client: ZaichikClient
    private let reconnects: Bool
    private let say: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// - Parameter reconnects: Whether a lost connection is made again; if not, its loss is told as the command's error.
    init(
        _ client: ZaichikClient, reconnects: Bool, say: @escaping @Sendable (String) -> Void = { StandardError.say($0) }
    ) {
        self.client = client
        self.reconnects = reconnects
        self.say = say
    }

    /// The reason that reading cannot go on after a reconnect; nil if it can.
    var failure: ClientError? { state.withLock { $0.failure } }

    /// Returns when the client is closed, or when the task is cancelled.
    func follow() async {
        for await event in client.events { await take(event) }
    }

    private func take(_ event: ClientEvent) async {
        switch event {
        case .connected:
            let isAgain = state.withLock { state in
                state.connections += 1
                state.attemptFailure = nil
                return state.connections > 1
            }
            if isAgain { say(Self.again(client.address)) }
        case .disconnected(let error) where reconnects && error.code != .closed && !error.forbidsReconnecting:
            say("\(error.message); connecting again")
        case .attemptFailed(let error):
            // An attempt is made every few seconds, and most fail for the same reason.
            let isNew = state.withLock { state in
                defer { state.attemptFailure = error.message }
                return state.connections > 0 && state.attemptFailure != error.message
            }
            if isNew { say("\(error.message); trying again") }
        case .refused(let error):
            // A subscription that is not made again would leave the command waiting for nothing.
            let mustEnd = state.withLock { state in
                if state.connections > 1, state.failure == nil { state.failure = error }
                return state.failure != nil
            }
            if mustEnd { await client.close() } else { say(error.message) }
        case .tooLate(let error): say(error.message)
        case .sessionReplaced: say(ReplacedText.session)
        case .topicDeleted(let name): say(ReplacedText.deleted(name))
        case .asideLost(let count): say(ReplacedText.aside(count))
        case .brokerReplaced: say(ReplacedText.broker)
        case .topicReplaced(let name): say(ReplacedText.topic(name))
        case .disconnected, .reconnecting, .gap, .goodbye, .blocked, .roundTrip: break
        }
    }

    static func again(_ address: BrokerAddress) -> String { "connected to \(address) again" }
}
