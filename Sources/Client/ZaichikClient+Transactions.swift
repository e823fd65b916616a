import NIOCore
import ZaichikProtocol

/// Commits and publishes that are to happen together. ``ZaichikClient/transaction(_:)``
public struct TransactionDraft: Sendable {
    fileprivate struct Publish: Sendable {
        var topic: TopicName
        var key: ByteBuffer?
        var payload: ByteBuffer
        var flags: MessageFlags
    }

    fileprivate var commits: [Delivery] = []
    fileprivate var publishes: [Publish] = []

    /// Commits a delivery, and no other.
    public mutating func commit(_ delivery: Delivery) { commits.append(delivery) }

    /// Publishes a message.
    public mutating func publish(_ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer? = nil) {
        publishes.append(Publish(topic: topic, key: key, payload: payload, flags: []))
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public mutating func publish(_ payload: String, to topic: String, key: String? = nil) throws(ClientError) {
        publish(ByteBuffer(string: payload), to: try .checked(topic), key: key.map { ByteBuffer(string: $0) })
    }
}

extension ZaichikClient {
    /// Commits deliveries and publishes messages, all of it or nothing, and waits for the broker's answer.
    ///
    ///     for try await order in client.deliveries {
    ///         try await client.transaction { transaction in
    ///             transaction.commit(order)
    ///             try transaction.publish("packed: \(order.text)", to: "parcels")
    ///         }
    ///     }
    ///
    /// A topic that does not exist is created, even if the transaction does not happen then.
    ///
    /// - Returns: What became of each publish, in their order.
    /// - Throws: What `build` throws. ``ClientError/Code/notInFlight`` if a delivery was settled already or is of an earlier connection;
    ///   ``ClientError/Code/refused(_:)`` with the reason and its place. Nothing has happened then.
    ///   ``ClientError/Code/connectionLost``: it is not known whether it has happened; in a session deliveries that come again
    ///   show that it has not.
    @discardableResult
    public nonisolated(nonsending) func transaction(
        _ build: (inout TransactionDraft) throws -> Void
    ) async throws -> [TransactionDone.Publish] {
        var draft = TransactionDraft()
        try build(&draft)
        guard !draft.commits.isEmpty || !draft.publishes.isEmpty else { return [] }
        for topic in Set(draft.publishes.map(\.topic)) { _ = try await core.topicID(topic) }
        let finished = draft
        let answer = try await core.wait { state, waiter in
            for delivery in finished.commits {
                if let error = state.obstacle(to: .commit, of: delivery) { return [.failure(waiter, error)] }
            }
            return state.machine.transaction(finished, waiter: waiter).map { [.failure(waiter, $0)] } ?? []
        }
        guard case .detail(let detail) = answer, let done = TransactionDone(detail: detail) else {
            throw ClientError.strangeAnswer
        }
        return done.publishes
    }
}

extension ConnectionMachine {
    /// Sends a transaction, behind what was published before.
    ///
    /// - Returns: Why it cannot be sent, if it cannot.
    fileprivate mutating func transaction(_ draft: TransactionDraft, waiter: WaiterID) -> ClientError? {
        if let obstacle { return obstacle }
        guard welcome.has(.transactions) else { return .notSupported("transactions", welcome) }
        var messages: [Message] = []
        for publish in draft.publishes {
            // Looked up here: the connection may have been lost meanwhile, and its ids with it.
            guard let id = topicIDs[publish.topic] else { return .lostBeforeSent }
            let message = Message(topicID: id, flags: publish.flags, key: publish.key, payload: publish.payload)
            if let error = check(message) { return error }
            messages.append(message)
        }
        let transaction = Transaction(
            commits: NumberSet(draft.commits.lazy.map(\.number)).ranges, publishes: messages)
        if let error = checkSize(of: transaction) { return error }
        send(.transaction(transaction), waiter: waiter, .barrier)
        return nil
    }

    private func checkSize(of transaction: Transaction) -> ClientError? {
        guard transaction.commits.count <= PeerLimits.ranges, transaction.count <= PeerLimits.transactionPublishes
        else {
            return ClientError(
                .tooLong,
                """
                a transaction has at most \(PeerLimits.ranges) ranges of deliveries and \(PeerLimits.transactionPublishes) \
                publishes; this one has \(transaction.commits.count) and \(transaction.count)
                """)
        }
        let size = FrameHeader.size + 8 + 16 * transaction.commits.count + transaction.publishes.readableBytes
        guard size <= Int(welcome.maximumFrame) else {
            return ClientError(
                .tooLong,
                """
                a transaction has at most \(welcome.maximumFrame) bytes at this broker, this one would have \
                \(size)
                """)
        }
        return nil
    }
}
