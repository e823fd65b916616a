/// How much was published to what.
struct PublishedTotals: Equatable, Sendable {
    let spread: TopicSpread
    /// By publisher.
    var sent: [UInt64]
    /// By topic.
    var refused: [UInt64]

    init(spread: TopicSpread) {
        self.spread = spread
        sent = Array(repeating: 0, count: spread.publishers)
        refused = Array(repeating: 0, count: spread.topics)
    }

    /// Publishers take their topics in turn.
    func sent(by publisher: Int, to topic: Int) -> UInt64 {
        let turns = UInt64(spread.topics(ofPublisher: publisher).count)
        let turn = spread.publishers >= spread.topics ? 0 : UInt64(topic / spread.publishers)
        let count = sent[publisher]
        return count > turn ? (count - turn - 1) / turns + 1 : 0
    }

    /// What all subscribers together should get.
    var expectedDeliveries: UInt64 {
        (0..<spread.topics).reduce(0) { sum, topic in
            let sent = spread.publishers(of: topic).reduce(0) { $0 + self.sent(by: $1, to: topic) }
            return sum + (sent - min(refused[topic], sent)) * UInt64(spread.readers(of: topic))
        }
    }
}
