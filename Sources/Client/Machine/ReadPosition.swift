import ZaichikProtocol

/// How far reading has come in one topic.
struct ReadPosition: Equatable, Sendable {
    /// Everything up to here was delivered, or told as a gap.
    var sequence: UInt64
    /// Of the last message delivered, in µs since 1970 UTC; 0: there was only a gap.
    var timestamp: UInt64
    /// Of the topic: sequences of another one mean other messages. nil if the broker does not know of incarnations.
    var incarnation: UInt64?
}

/// Where a subscription goes on in a new connection.
enum ResumePoint: Equatable, Sendable {
    /// After the last message that the one topic of the subscription brought.
    case sequence(UInt64, incarnation: UInt64)
    /// At a time, for the topics of a pattern, and for a broker that does not know of incarnations.
    case time(UInt64)
}

extension [TopicName: ReadPosition] {
    /// How far the clocks of two topics' messages may be apart that the broker took at the same time, in µs.
    private static let clockMargin: UInt64 = 100_000

    /// Sets reading back before deliveries that the program never saw.
    ///
    /// - Parameter sequences: The lowest of them in each topic.
    mutating func setBack(before sequences: [TopicName: UInt64]) {
        for (topic, sequence) in sequences {
            guard let position = self[topic], sequence <= position.sequence else { continue }
            self[topic]?.sequence = sequence - Swift.min(sequence, 1)
        }
    }

    /// Where a subscription goes on. ``TopicContinuity`` judges what comes then.
    ///
    /// - Returns: nil if the subscription has brought nothing.
    func resumePoint(of pattern: TopicPattern) -> ResumePoint? {
        if let name = pattern.name, let position = self[name] {
            guard let incarnation = position.incarnation else { return .time(position.timestamp) }
            return .sequence(position.sequence &+ 1, incarnation: incarnation)
        }
        let times = compactMap { pattern.matches($0.key) ? $0.value.timestamp : nil }
        return times.max().map { .time($0 - Swift.min($0, Self.clockMargin)) }
    }
}

/// What the library subscribes to again after a reconnect.
struct Subscription: Equatable, Sendable {
    /// As the program made it.
    let request: SubscriptionRequest
    /// nil if it has brought nothing.
    var resumePoint: ResumePoint?

    var pattern: TopicPattern { request.pattern }

    /// The request that makes it again.
    ///
    /// - Parameter isOtherBroker: Whether the broker is another process: its topics have only messages that this client
    ///   has not read.
    func requestAgain(isOtherBroker: Bool) -> ClientRequest {
        switch resumePoint {
        case .sequence(let sequence, let incarnation):
            // Sequences may outlive the process of a broker, so the topic decides.
            return .subscribe(request.starting(at: .sequence(sequence), incarnation: incarnation))
        case .time(let time): return .subscribe(request.starting(at: isOtherBroker ? .earliest : .time(time)))
        case nil:
            guard isOtherBroker else { return .subscribe(request) }
            if case .time = request.start { return .subscribe(request.starting(at: request.start)) }
            return .subscribe(request.starting(at: .earliest))
        }
    }
}
