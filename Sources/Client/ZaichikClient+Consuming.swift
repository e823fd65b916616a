import NIOConcurrencyHelpers
import NIOCore
import ZaichikProtocol

extension ZaichikClient {
    /// Subscribes to a topic or to all that a pattern matches. A name that does not exist is created.
    ///
    /// After a reconnect the library subscribes again by itself: where something was received, after the message
    /// received last, without repeating it (of messages that went out of the topic meanwhile no gap tells then);
    /// where nothing was, at `start` again.
    ///
    /// - Parameter start: Where to begin. Default: with what is published from now on.
    /// - Throws: ``ClientError/Code/refused(_:)``, ``ClientError/Code/connectionLost``.
    public func subscribe(
        to pattern: TopicPattern, from start: StartPosition = .new
    ) async throws(ClientError) {
        _ = try await core.ask(.subscribe(pattern, start))
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public func subscribe(to pattern: String, from start: StartPosition = .new) async throws(ClientError) {
        try await subscribe(to: .checked(pattern), from: start)
    }

    /// Ends a subscription. What was delivered before is still to be taken and committed.
    public func unsubscribe(from pattern: TopicPattern) async throws(ClientError) {
        _ = try await core.ask(.unsubscribe(pattern))
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public func unsubscribe(from pattern: String) async throws(ClientError) {
        try await unsubscribe(from: .checked(pattern))
    }

    /// What this client's queue delivers, over all its subscriptions.
    public var deliveries: DeliverySequence { DeliverySequence(client: self) }

    /// The same with the gaps at their place.
    public var arrivals: ArrivalSequence { ArrivalSequence(client: self) }

    /// Done with this delivery and with all before it. Told to the broker at once, many commits as one. A delivery of
    /// an earlier connection is ignored: the broker delivers it again or not, it counts anew.
    public func commit(_ delivery: Delivery) {
        let live = core.state.withLockedValue { state -> LiveConnection? in
            guard state.live?.id == delivery.connection else { return nil }
            state.machine.commits.commit(delivery.number)
            return state.wakeUp()
        }
        live?.wake()
    }

    /// How many deliveries may be in flight from now on; 0 pauses. The broker grants at most 2^20.
    public func setWindow(_ window: UInt32) {
        let live = core.state.withLockedValue { state in
            state.machine.setWindow(window)
            return state.wakeUp()
        }
        live?.wake()
    }
}
