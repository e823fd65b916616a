import NIOCore
import ZaichikProtocol

extension ZaichikClient {
    /// Publishes a message and waits until the broker has accepted it.
    ///
    /// - Throws: ``ClientError/Code/refused(_:)`` with the broker's reason, ``ClientError/Code/tooLong``,
    ///   ``ClientError/Code/connectionLost`` (whether it was accepted is not known then).
    public func publish(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer? = nil
    ) async throws(ClientError) {
        _ = try await send(payload, to: topic, key: key, receipt: false)
    }

    /// The same, and tells the outcome (accepted, or a duplicate in a topic that looks for them), the message's
    /// sequence and how many queues it is in.
    public func publishWithReceipt(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer? = nil
    ) async throws(ClientError) -> Receipt {
        guard case .receipt(let receipt) = try await send(payload, to: topic, key: key, receipt: true) else {
            preconditionFailure("a publish for a receipt is answered by a receipt")
        }
        return receipt
    }

    /// Publishes in bulk: returns as soon as the message is on its way, and waits only while too much is unconfirmed
    /// (``ClientConfiguration/maximumUnconfirmedBytes``). What becomes of it, ``flush()`` tells.
    ///
    /// - Throws: ``ClientError/Code/tooLong``, ``ClientError/Code/connectionLost``, or the broker's refusal of the
    ///   topic's name.
    public func enqueue(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer? = nil
    ) async throws(ClientError) {
        while true {
            switch core.enqueue(payload, to: topic, key: key) {
            case .enqueued: return
            case .failed(let error): throw error
            case .needsTopicID: _ = try await core.topicID(topic)
            case .full:
                _ = try await core.wait { state, id in
                    if let obstacle = state.machine.obstacle { return [.failure(id, obstacle)] }
                    if state.machine.publishes.hasRoom { return [.success(id)] }
                    state.machine.publishes.waitForRoom(id)
                    return []
                }
            }
        }
    }

    /// Waits until everything enqueued so far is answered.
    ///
    /// - Returns: What became of the messages enqueued since the last flush.
    /// - Throws: ``ClientError/Code/connectionLost``: what became of them is not known.
    public func flush() async throws(ClientError) -> FlushResult {
        let answer = try await core.wait { state, id in
            if let obstacle = state.machine.obstacle { return [.failure(id, obstacle)] }
            return state.machine.publishes.flush(id)
        }
        guard case .flushed(let result) = answer else { preconditionFailure("a flush is answered by its result") }
        return result
    }

    private func send(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer?, receipt: Bool
    ) async throws(ClientError) -> Answer {
        _ = try await core.topicID(topic)
        return try await core.wait { state, waiter in
            // Looked up anew: between the two a connection may have gone, and ids with it.
            guard let id = state.machine.topicIDs[topic] else {
                return [
                    .failure(
                        waiter,
                        state.machine.obstacle
                            ?? ClientError(
                                .connectionLost, "the connection was lost before the message was sent"))
                ]
            }
            let message = Message(topicID: id, flags: receipt ? .receipt : [], key: key, payload: payload)
            guard let error = state.machine.publish(message, waiter: waiter) else { return [] }
            return [.failure(waiter, error)]
        }
    }
}

// With text in place of bytes and names.
extension ZaichikClient {
    /// ``publish(_:to:key:)-(ByteBuffer,_,_)``; a bad name is ``ClientError/Code/invalidName``.
    public func publish(_ payload: String, to topic: String, key: String? = nil) async throws(ClientError) {
        try await publish(ByteBuffer(string: payload), to: .checked(topic), key: key.map { ByteBuffer(string: $0) })
    }

    /// ``publishWithReceipt(_:to:key:)-(ByteBuffer,_,_)``; a bad name is ``ClientError/Code/invalidName``.
    public func publishWithReceipt(
        _ payload: String, to topic: String, key: String? = nil
    ) async throws(ClientError) -> Receipt {
        try await publishWithReceipt(
            ByteBuffer(string: payload), to: .checked(topic), key: key.map { ByteBuffer(string: $0) })
    }

    /// ``enqueue(_:to:key:)-(ByteBuffer,_,_)``; a bad name is ``ClientError/Code/invalidName``.
    public func enqueue(_ payload: String, to topic: String, key: String? = nil) async throws(ClientError) {
        try await enqueue(ByteBuffer(string: payload), to: .checked(topic), key: key.map { ByteBuffer(string: $0) })
    }
}

extension TopicName {
    static func checked(_ text: String) throws(ClientError) -> TopicName {
        do {
            return try TopicName(text)
        } catch {
            throw .invalidName(text, error)
        }
    }
}

extension TopicPattern {
    static func checked(_ text: String) throws(ClientError) -> TopicPattern {
        do {
            return try TopicPattern(text)
        } catch {
            throw .invalidName(text, error)
        }
    }
}
