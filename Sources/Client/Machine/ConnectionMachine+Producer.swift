import ZaichikProtocol

// Named producers: what is published is kept until it is answered, and sent again in the next connection if it is not.
extension ConnectionMachine {
    /// Whether messages may be published while there is no connection: they are sent in the next one.
    var keepsPublishes: Bool {
        guard keep != nil else { return false }
        return switch phase {
        case .disconnected, .greeting, .ready: true
        case .closing, .ended: false
        }
    }

    /// Why nothing can be published now; nil if it can.
    var publishObstacle: ClientError? { keepsPublishes ? nil : obstacle }

    /// Whether the id of a topic has to be asked for before a message can be published to it. A message that is kept
    /// while there is no connection needs none yet.
    func needsID(of topic: TopicName) -> Bool {
        guard topicIDs[topic] == nil else { return false }
        return phase == .ready || !keepsPublishes
    }

    /// Keeps a message and sends it, now or when there is a connection.
    mutating func publishKept(
        _ entry: PublishKeep.Entry, waiter: WaiterID?
    ) -> ClientError? {
        if let publishObstacle { return publishObstacle }
        let message = entry.message(0)
        if let error = check(message) { return error }
        keep?.add(entry)
        publishes.publish(bytes: message.size, waiter: waiter, wantsReceipt: entry.flags.contains(.receipt))
        writeKept()
        return nil
    }

    /// Writes what is kept and not written yet, as far as the ids of its topics are known.
    mutating func writeKept() {
        guard phase == .ready else { return }
        while let entry = keep?.next {
            guard let id = topicIDs[entry.topic] else { return askTopicID(entry.topic, waiter: nil) }
            let message = entry.message(id)
            output.append(.publish) { message.write(to: &$0, type: ClientOpcode.publish.rawValue) }
            keep?.nextWritten()
        }
    }

    /// A topic cannot be published to: those messages that are next to be sent to it are given up.
    mutating func refuseKept(to topic: TopicName, _ error: ClientError) -> [Resumption] {
        guard keep != nil else { return [] }
        let first = publishes.confirmed + UInt64(keep?.written ?? 0) + 1
        let count = keep?.dropNext(to: topic) ?? 0
        let resumptions = publishes.refuseUnsent(first, count: count, error)
        writeKept()
        return resumptions
    }

    /// Notes answers: what is answered is no longer kept.
    mutating func answered(_ change: (inout PublishLedger) -> [Resumption]) -> [Action] {
        let before = publishes.confirmed
        let resumptions = change(&publishes)
        keep?.answered(Int(publishes.confirmed - before))
        return resumptions.map { .resume($0) }
    }

    /// A named producer is welcomed: what the broker has answered is settled, and the rest is sent again.
    mutating func producerWelcomed(_ welcome: Welcome) -> [Action] {
        guard let record = welcome.producer, let fate = keep?.begin(welcome, record) else { return [] }
        var actions: [Action] = []
        switch fate {
        case .answered(let count, let refusals):
            actions = answered { $0.settle(upTo: count, refusals) }
            publishes.beginAnew()
            actions += dropTooLong(welcome)
        case .unknown(let why):
            let error = ClientError(.connectionLost, "the connection was lost, and \(why)")
            actions = publishes.lose(error, sent: publishes.published).map { .resume($0) }
            keep?.removeAll()
        }
        writeKept()
        return actions
    }

    /// Gives up messages that are longer than this broker takes: it would end the connection for them each time.
    private mutating func dropTooLong(_ welcome: Welcome) -> [Action] {
        let most = Int(welcome.maximumFrame) - MessageLayout.keyOffset
        var resumptions: [Resumption] = []
        while let index = keep?.dropTooLong(most) {
            let error = ClientError(
                .tooLong, "this broker takes at most \(most) bytes of key and message together; the message has more")
            resumptions += publishes.refuseUnsent(UInt64(index) + 1, count: 1, error)
        }
        return resumptions.map { .resume($0) }
    }

    /// The connection is gone and will be made again: the publishes of a named producer wait for the next one.
    ///
    /// - Returns: Whether they do; if not, they are lost with the connection.
    mutating func keepForNext(willReturn: Bool) -> Bool {
        guard keep != nil, willReturn else { return false }
        if phase == .ready { keep?.sentBefore = output.publishesTaken }
        return true
    }

    /// Gives up what is kept: there will be no further connection.
    mutating func losePublishes(_ error: ClientError) -> [Resumption] {
        defer { keep?.removeAll() }
        return publishes.lose(error, sent: publishesSent)
    }

    /// How many publishes that are not known to be answered may have reached the broker, by their number.
    private var publishesSent: UInt64 {
        guard keep != nil, phase != .ready, phase != .closing else { return output.publishesTaken }
        return keep?.sentBefore ?? 0
    }

    /// Forgets the publishes that were not sent, and expects no answer to the others.
    mutating func withdraw() -> (FlushResult, [Resumption]) {
        output.dropPublishes()
        let before = publishes.published
        let result = publishes.withdraw(sent: publishesSent)
        keep?.withdraw(Int(before - publishes.published))
        return result
    }
}
