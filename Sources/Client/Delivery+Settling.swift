import NIOConcurrencyHelpers
import ZaichikProtocol

// What a program says of a delivery when it is done with it, or cannot be.
extension Delivery {
    /// Which delivery of this message it is, from 1.
    public var attempt: Int { redelivery.map { Int($0.attempt) } ?? 1 }
    /// Why it comes again; nil at the first attempt.
    public var cause: RedeliveryCause? { redelivery?.cause }
    /// What was said when it was returned or parked; empty at the first attempt.
    public var reason: String { redelivery?.reason ?? "" }

    /// Commits this delivery and no other, in any order. The broker is told at once, and many commits as one.
    ///
    /// Without a session a delivery of an earlier connection does not come again, so that committing it does nothing.
    ///
    /// - Throws: ``ClientError/Code/notInFlight`` if it was settled already, or if it is a session's of an earlier
    ///   connection and so comes again. If the broker took it back because its deadline had passed,
    ///   ``ClientEvent/tooLate(_:)`` tells.
    public func commit() throws(ClientError) { try origin.settle(self, as: .commit) }

    /// Gives this delivery back: it comes again, here or to another client of its session, ahead of what is new.
    ///
    /// - Throws: ``ClientError/Code/notInFlight`` as ``commit()``, and for every delivery of an earlier connection.
    public func `return`(after delay: Duration = .zero, reason: String = "") throws(ClientError) {
        try origin.settle(self, as: .return(after: delay, reason: reason))
    }

    /// Has its deadline begin anew.
    ///
    /// - Throws: ``ClientError/Code/notInFlight`` as ``return(after:reason:)``.
    public func touch() throws(ClientError) { try origin.settle(self, as: .touch) }

    /// Puts this delivery aside, since it cannot be done: `zaichik parked` lists, releases and drops what is parked.
    ///
    /// - Throws: ``ClientError/Code/notInFlight`` as ``return(after:reason:)``.
    public func park(reason: String = "") throws(ClientError) { try origin.settle(self, as: .park(reason: reason)) }
}

/// Where a delivery came from and is settled. It does not keep the client open.
struct DeliveryOrigin: Equatable, Sendable {
    /// nil in tests of what is below the connection.
    let core: ClientCore?

    static func == (first: DeliveryOrigin, second: DeliveryOrigin) -> Bool { first.core === second.core }

    fileprivate func settle(_ delivery: Delivery, as disposition: Disposition) throws(ClientError) {
        try core?.settle(delivery, as: disposition)
    }
}

extension ZaichikClient {
    /// Settles several deliveries, all or none of them, and waits for the broker's answer.
    ///
    /// - Throws: ``ClientError/Code/notInFlight`` if one of them is of an earlier connection or was settled already, and
    ///   ``ClientError/Code/refused(_:)`` with `notInFlight` if the broker has taken one back. Nothing is done then.
    public func settle(_ deliveries: some Sequence<Delivery>, as disposition: Disposition) async throws(ClientError) {
        let deliveries = Array(deliveries)
        guard !deliveries.isEmpty else { return }
        _ = try await core.wait { state, waiter in
            for delivery in deliveries {
                if let error = state.obstacle(to: disposition, of: delivery) { return [.failure(waiter, error)] }
            }
            let numbers = NumberSet(deliveries.lazy.map(\.number))
            let error = state.machine.settle(numbers.ranges, as: disposition, waiter: waiter)
            return error.map { [.failure(waiter, $0)] } ?? []
        }
    }
}

extension ClientCore {
    func settle(_ delivery: Delivery, as disposition: Disposition) throws(ClientError) {
        let (error, live) = state.withLockedValue { state -> (ClientError?, LiveConnection?) in
            guard delivery.connection == state.connection || disposition != .commit || hasSession else {
                return (nil, nil)
            }
            if let error = state.obstacle(to: disposition, of: delivery) { return (error, nil) }
            state.machine.settle(delivery.number, as: disposition)
            return (nil, state.wakeUp())
        }
        live?.wake()
        if let error { throw error }
    }

    /// Whether deliveries that are not settled come again in a later connection.
    private var hasSession: Bool { configuration.session != nil }
}

extension ClientCore.State {
    /// The number of the connection; nil if there is none.
    fileprivate var connection: UInt64? { live?.id }

    /// Why a delivery cannot be settled.
    func obstacle(to disposition: Disposition, of delivery: Delivery) -> ClientError? {
        guard delivery.connection == connection else { return .ofEarlierConnection(delivery) }
        if let obstacle = machine.obstacle { return obstacle }
        guard !machine.commits.isSettled(delivery.number) else { return .settledAlready(delivery) }
        // Commits can be told cumulatively to any broker.
        guard disposition == .commit || machine.welcome.has(.settle) else {
            return .notSupported("deliveries that are returned, touched or parked", machine.welcome)
        }
        return nil
    }
}

extension ClientError {
    fileprivate static func ofEarlierConnection(_ delivery: Delivery) -> ClientError {
        ClientError(
            .notInFlight,
            """
            \(delivery.place) is not in flight any more: the connection that brought it has ended. With a session it comes \
            again, to the client that has the session now
            """)
    }

    fileprivate static func settledAlready(_ delivery: Delivery) -> ClientError {
        ClientError(
            .notInFlight,
            "\(delivery.place) is not in flight any more: it was committed, returned or parked before")
    }
}

extension Delivery {
    /// The message in an error's words.
    fileprivate var place: String { "message \(sequence) of '\(topic)'" }
}
