import NIOConcurrencyHelpers
import NIOCore
import ZaichikProtocol

extension ZaichikClient {
    /// Subscribes to a topic or to all that a pattern matches. A name that does not exist is created.
    ///
    /// After a reconnect the library subscribes again by itself, and continues after the last message it received, without
    /// repeating it. Messages that went out of the topic meanwhile are a ``Gap``. If no message was received, it
    /// starts at `start` again. If the broker is another process by then (``ClientEvent/brokerReplaced``), its topics are
    /// read from their first message.
    ///
    /// In a session (``ClientConfiguration/session``) a subscription that it has already is continued, wherever `start` is:
    /// so a program that runs again subscribes as it did the first time. After a reconnect the session goes on by itself.
    ///
    /// - Parameters:
    ///   - start: Where to begin. Default: with what is published from now on.
    ///   - incarnation: For a `start` at a sequence that was kept, from ``Delivery/incarnation``: the topic that the sequence
    ///     belongs to. nil for whatever topic has the name now.
    ///   - fallback: For the start ``StartPosition/session``: where to begin if there is nothing to continue.
    /// - Throws: ``ClientError/Code/refused(_:)``, with `otherIncarnation` if the topic is another one, which changes
    ///   nothing; ``ClientError/Code/connectionLost``.
    public func subscribe(
        to pattern: TopicPattern, from start: StartPosition = .new, incarnation: UInt64? = nil,
        options: SubscribeOptions = [], fallback: StartPosition? = nil
    ) async throws(ClientError) {
        let request = SubscriptionRequest(
            pattern: pattern, start: start, incarnation: incarnation, options: options, fallback: fallback)
        _ = try await core.ask(.subscribe(request))
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public func subscribe(
        to pattern: String, from start: StartPosition = .new, incarnation: UInt64? = nil,
        options: SubscribeOptions = [], fallback: StartPosition? = nil
    ) async throws(ClientError) {
        try await subscribe(
            to: .checked(pattern), from: start, incarnation: incarnation, options: options, fallback: fallback)
    }

    /// Ends a subscription. What was delivered before is still to be taken and committed.
    public func unsubscribe(from pattern: TopicPattern) async throws(ClientError) {
        _ = try await core.ask(.unsubscribe(pattern))
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public func unsubscribe(from pattern: String) async throws(ClientError) {
        try await unsubscribe(from: .checked(pattern))
    }

    /// The messages that this client's queue delivers, over all its subscriptions.
    public var deliveries: DeliverySequence { DeliverySequence(client: self) }

    /// Deliveries and gaps, in order.
    public var arrivals: ArrivalSequence { ArrivalSequence(client: self) }

    /// Commits this delivery and all before it. The broker is told at once; many commits may be told as one. For a
    /// delivery of an earlier ``Delivery/connection`` this has no effect. ``Delivery/commit()`` commits one alone.
    public func commit(_ delivery: Delivery) {
        let live = core.state.withLockedValue { state -> LiveConnection? in
            guard state.live?.id == delivery.connection else { return nil }
            state.machine.commits.commit(upTo: delivery.number)
            return state.wakeUp()
        }
        live?.wake()
    }

    /// How many deliveries may be in flight from now on; 0 pauses. The broker grants at most 2^20.
    public func setWindow(_ window: UInt32) { change { $0.setWindow(window) } }

    /// How many bytes of deliveries may be in flight from now on, as ``ClientConfiguration/windowBytes``.
    public func setWindow(bytes: Int?) { change { $0.setWindow(bytes: bytes) } }

    private func change(_ change: @Sendable (inout ConnectionMachine) -> Void) {
        let live = core.state.withLockedValue { state in
            change(&state.machine)
            return state.wakeUp()
        }
        live?.wake()
    }
}
