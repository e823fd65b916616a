/// What arrives in a client's queue, with gaps where the missing messages would be. ``ZaichikClient/arrivals``
///
/// Ends when the client is closed or the task is cancelled; throws the ``ClientError`` when the connection is lost
/// for good. Several iterators share what arrives: each arrival is given to one of them.
public struct ArrivalSequence: AsyncSequence, Sendable {
    public typealias Element = Arrival
    public typealias Failure = ClientError

    let client: ZaichikClient

    public func makeAsyncIterator() -> Iterator { Iterator(client: client) }

    public struct Iterator: AsyncIteratorProtocol {
        let client: ZaichikClient

        /// The next arrival if it is here already, without waiting.
        ///
        /// - Returns: nil if there is none yet, and also at the end; ``next()`` tells the two apart.
        public mutating func nextIfHere() -> Arrival? {
            guard case .arrival(let arrival, let hasRoomAgain) = client.core.arrivals.take() else { return nil }
            if hasRoomAgain { client.core.resumeReading() }
            return arrival
        }

        public mutating func next() async throws(ClientError) -> Arrival? {
            try await next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> Arrival? {
            guard let (arrival, hasRoomAgain) = try await client.core.arrivals.next() else { return nil }
            if hasRoomAgain { client.core.resumeReading() }
            return arrival
        }
    }
}

/// The messages delivered to a client. ``ZaichikClient/deliveries``
///
/// Like ``ArrivalSequence``, without the gaps, which ``ClientEvent/gap(_:)`` tells.
public struct DeliverySequence: AsyncSequence, Sendable {
    public typealias Element = Delivery
    public typealias Failure = ClientError

    let client: ZaichikClient

    public func makeAsyncIterator() -> Iterator { Iterator(arrivals: ArrivalSequence.Iterator(client: client)) }

    public struct Iterator: AsyncIteratorProtocol {
        var arrivals: ArrivalSequence.Iterator

        /// The next delivery if it is here already, without waiting.
        ///
        /// - Returns: nil if there is none yet, and also at the end; ``next()`` tells the two apart.
        public mutating func nextIfHere() -> Delivery? {
            while let arrival = arrivals.nextIfHere() {
                if case .delivery(let delivery) = arrival { return delivery }
            }
            return nil
        }

        public mutating func next() async throws(ClientError) -> Delivery? {
            try await next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> Delivery? {
            while let arrival = try await arrivals.next(isolation: actor) {
                if case .delivery(let delivery) = arrival { return delivery }
            }
            return nil
        }
    }
}
