import NIOCore
import ZaichikProtocol

extension ZaichikClient {
    /// Publishes a message and waits until the broker has accepted it. Waits before that while too much is unconfirmed,
    /// or while the broker holds publishes back because a topic is full.
    ///
    /// A task that is cancelled stops waiting; the message may be published all the same.
    ///
    /// - Parameter traced: Whether the broker tells the message's way in the topic ``TopicName/trace``. One without the
    ///   capability `trace` refuses the message.
    /// - Throws: ``ClientError/Code/refused(_:)`` with the broker's reason, ``ClientError/Code/tooLong``,
    ///   ``ClientError/Code/notSent`` if the connection ended before the message was sent,
    ///   ``ClientError/Code/connectionLost`` if it ended later: whether the message was accepted is not known then.
    public func publish(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer? = nil, headers: Headers = Headers(),
        traced: Bool = false
    ) async throws(ClientError) {
        _ = try await send(payload, headers, to: topic, key: key, traced ? .trace : [])
    }

    /// Publishes like ``publish(_:to:key:headers:traced:)``, and tells the outcome (accepted, or a duplicate in a topic
    /// that looks for them), the message's sequence and how many queues it is in.
    public func publishWithReceipt(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer? = nil, headers: Headers = Headers(),
        traced: Bool = false
    ) async throws(ClientError) -> Receipt {
        let asked: MessageFlags = traced ? [.receipt, .trace] : .receipt
        guard case .receipt(let receipt) = try await send(payload, headers, to: topic, key: key, asked) else {
            preconditionFailure("a publish for a receipt is answered by a receipt")
        }
        return receipt
    }

    /// Publishes in bulk: returns without waiting for an answer, and waits only while too much is unconfirmed
    /// (``ClientConfiguration/maximumUnconfirmedBytes``). While the broker holds publishes back because a topic is full,
    /// messages are kept here up to that bound. ``flush()`` tells what became of them.
    ///
    /// - Throws: ``ClientError/Code/tooLong``, ``ClientError/Code/connectionLost``, ``ClientError/Code/notSent``, or the
    ///   broker's refusal of the topic's name.
    public func enqueue(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer? = nil, headers: Headers = Headers(),
        traced: Bool = false
    ) async throws(ClientError) {
        let (payload, ownFlags) = payload.beginning(with: headers)
        let flags = traced ? ownFlags.union(.trace) : ownFlags
        while true {
            switch core.enqueue(payload, to: topic, key: key, flags: flags) {
            case .enqueued: return
            case .failed(let error): throw error
            case .needsTopicID: try await core.findID(of: topic)
            case .full:
                _ = try await core.wait { state, id in
                    if let obstacle = state.machine.publishObstacle { return [.failure(id, obstacle)] }
                    if state.machine.publishes.hasRoom { return [.success(id)] }
                    state.machine.publishes.waitForRoom(id)
                    return []
                }
            }
        }
    }

    /// Waits until everything enqueued so far is answered.
    ///
    /// - Returns: The fate of the messages enqueued since the last flush.
    /// - Throws: ``ClientError/Code/connectionLost`` if the connection was lost before everything was answered; the
    ///   message says how many were accepted, refused, not answered and not sent. ``ClientError/Code/cancelled``: the next
    ///   flush, or ``withdraw()``, tells what became of them.
    public func flush() async throws(ClientError) -> FlushResult {
        let answer = try await core.wait { state, id in
            if let obstacle = state.machine.publishObstacle { return [.failure(id, obstacle)] }
            return state.machine.publishes.flush(id)
        }
        guard case .flushed(let result) = answer else { preconditionFailure("a flush is answered by its result") }
        return result
    }

    /// Stops waiting for what was published: messages that were not sent yet are never sent, and answers to the others
    /// are no longer awaited.
    ///
    /// Answers come in the order of the publishes. So the messages enqueued fall into three parts, in this order: those
    /// that the broker has answered (accepted or refused), those that were sent and not answered (the broker may have
    /// accepted them), and those that were not sent. Tasks that wait in ``publish(_:to:key:headers:traced:)`` with a
    /// message of the last part fail with ``ClientError/Code/notSent``.
    ///
    /// - Returns: The fate of the messages enqueued since the last flush that returned without an error, as far as it is
    ///   known: after a loss, what the flush that it cut off told in words.
    public func withdraw() -> FlushResult { core.withdraw() }

    private func send(
        _ payload: ByteBuffer, _ headers: Headers, to topic: TopicName, key: ByteBuffer?, _ asked: MessageFlags
    ) async throws(ClientError) -> Answer {
        let (payload, flags) = payload.beginning(with: headers)
        while true {
            while core.needsID(of: topic) { try await core.findID(of: topic) }
            let answer = try await core.wait { state, waiter in
                state.machine.publishOrWait(
                    payload, to: topic, key: key, flags: flags.union(asked), waiter: waiter)
            }
            guard case .hasRoom = answer else { return answer }
        }
    }
}

extension ByteBuffer {
    fileprivate func beginning(with headers: Headers) -> (ByteBuffer, MessageFlags) {
        headers.isEmpty ? (self, []) : (headers.followed(by: self), .headers)
    }
}

// With text in place of bytes and names.
extension ZaichikClient {
    /// ``publish(_:to:key:headers:traced:)``; a bad name is ``ClientError/Code/invalidName``.
    public func publish(_ payload: String, to topic: String, key: String? = nil) async throws(ClientError) {
        try await publish(ByteBuffer(string: payload), to: .checked(topic), key: key.map { ByteBuffer(string: $0) })
    }

    /// ``publishWithReceipt(_:to:key:headers:traced:)``; a bad name is ``ClientError/Code/invalidName``.
    public func publishWithReceipt(
        _ payload: String, to topic: String, key: String? = nil
    ) async throws(ClientError) -> Receipt {
        try await publishWithReceipt(
            ByteBuffer(string: payload), to: .checked(topic), key: key.map { ByteBuffer(string: $0) })
    }

    /// ``enqueue(_:to:key:headers:traced:)``; a bad name is ``ClientError/Code/invalidName``.
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

extension SessionName {
    static func checked(_ text: String) throws(ClientError) -> SessionName {
        do {
            return try SessionName(text)
        } catch {
            throw .invalidSession(text, error)
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
