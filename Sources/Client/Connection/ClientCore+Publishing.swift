import NIOConcurrencyHelpers
import NIOCore
import ZaichikProtocol

extension ClientCore {
    enum Enqueued {
        case enqueued
        case needsTopicID
        case full
        case failed(ClientError)
    }

    /// Publishes a message without waiting for anything, if that is possible now.
    func enqueue(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer?, flags: MessageFlags = []
    ) -> Enqueued {
        let (result, live) = state.withLockedValue { state -> (Enqueued, LiveConnection?) in
            if let obstacle = state.machine.publishObstacle { return (.failed(obstacle), nil) }
            guard state.machine.publishes.hasRoom else { return (.full, nil) }
            guard !state.machine.needsID(of: topic) else { return (.needsTopicID, nil) }
            if let error = state.machine.publish(payload, to: topic, key: key, flags: flags, waiter: nil) {
                return (.failed(error), nil)
            }
            return (.enqueued, state.wakeUp())
        }
        live?.wake()
        return result
    }

    /// Gives up what was published and not answered. ``ZaichikClient/withdraw()``
    func withdraw() -> FlushResult {
        let (result, resumptions) = state.withLockedValue { $0.machine.withdraw() }
        resume(resumptions)
        return result
    }

    func needsID(of topic: TopicName) -> Bool { state.withLockedValue { $0.machine.needsID(of: topic) } }

    /// Finds out the id of a topic that a message goes to. If the connection is lost meanwhile, a named producer keeps the
    /// message without it.
    func findID(of topic: TopicName) async throws(ClientError) {
        do {
            _ = try await topicID(topic)
        } catch {
            let keeps = state.withLockedValue { $0.machine.keepsPublishes }
            guard keeps, error.code == .connectionLost else { throw error }
        }
    }

    /// The broker's id for a topic, asked once a connection.
    func topicID(_ name: TopicName) async throws(ClientError) -> UInt32 {
        if let id = state.withLockedValue({ $0.machine.obstacle == nil ? $0.machine.topicIDs[name] : nil }) {
            return id
        }
        let answer = try await wait { state, waiter in
            if let obstacle = state.machine.obstacle { return [.failure(waiter, obstacle)] }
            if let id = state.machine.topicIDs[name] { return [.success(waiter, .topicID(id))] }
            state.machine.askTopicID(name, waiter: waiter)
            return []
        }
        guard case .topicID(let id) = answer else { preconditionFailure("TOPIC is answered by an id") }
        return id
    }
}

extension ConnectionMachine {
    /// The longest key, in bytes.
    private static let maximumKey = Int(UInt16.max)

    /// Publishes a message to a topic whose id is known, or that a named producer keeps.
    ///
    /// - Parameter waiter: Waits for its answer; nil: it counts into the next flush.
    /// - Returns: Why it cannot be published; nil if it can.
    mutating func publish(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer?, flags: MessageFlags, waiter: WaiterID?
    ) -> ClientError? {
        if keep != nil {
            return publishKept(
                PublishKeep.Entry(topic: topic, flags: flags, key: key, payload: payload), waiter: waiter)
        }
        if let obstacle { return obstacle }
        guard let id = topicIDs[topic] else { return .lostBeforeSent }
        return publish(Message(topicID: id, flags: flags, key: key, payload: payload), waiter: waiter)
    }

    /// Publishes a message whose answer is waited for, or waits for room first.
    ///
    /// - Returns: What ends the wait at once. `hasRoom`: the caller is to find out the topic's id, and to try again.
    mutating func publishOrWait(
        _ payload: ByteBuffer, to topic: TopicName, key: ByteBuffer?, flags: MessageFlags, waiter: WaiterID
    ) -> [Resumption] {
        // Looked up anew: the connection may have been lost meanwhile, and its ids with it.
        if needsID(of: topic) {
            if keepsPublishes { return [.success(waiter, .hasRoom)] }
            return [.failure(waiter, obstacle ?? .lostBeforeSent)]
        }
        guard publishes.hasRoom else {
            publishes.waitForRoom(waiter)
            return []
        }
        let error = publish(payload, to: topic, key: key, flags: flags, waiter: waiter)
        return error.map { [.failure(waiter, $0)] } ?? []
    }

    /// - Returns: Why the message cannot be published; nil if it can.
    mutating func publish(_ message: Message, waiter: WaiterID?) -> ClientError? {
        if let error = obstacle ?? check(message) { return error }
        output.append(.publish) { message.write(to: &$0, type: ClientOpcode.publish.rawValue) }
        publishes.publish(bytes: message.size, waiter: waiter, wantsReceipt: message.flags.contains(.receipt))
        return nil
    }

    /// - Returns: Why the broker would not take a message, if it would not.
    func check(_ message: Message) -> ClientError? {
        let keyBytes = message.key?.readableBytes ?? 0
        guard keyBytes <= Self.maximumKey else {
            return ClientError(.tooLong, "a key has at most \(Self.maximumKey) bytes, this one has \(keyBytes)")
        }
        guard message.size <= Int(welcome.maximumFrame) else {
            let room = Int(welcome.maximumFrame) - MessageLayout.keyOffset
            return ClientError(
                .tooLong,
                """
                key and message have at most \(room) bytes together, these have \(message.size - MessageLayout.keyOffset)
                """)
        }
        return nil
    }
}

extension Message {
    /// The bytes of its frame.
    var size: Int { MessageLayout.keyOffset + (key?.readableBytes ?? 0) + payload.readableBytes }
}
