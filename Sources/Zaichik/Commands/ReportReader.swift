import NIOCore
import ZaichikClient
import ZaichikProtocol

/// Reads one of the broker's own topics: what it keeps, and what comes then.
struct ReportReader {
    let client: ZaichikClient
    let topic: TopicName
    /// The newest message when reading began; 0 if there was none.
    private(set) var head: UInt64 = 0
    private var arrivals: ArrivalSequence.AsyncIterator

    /// - Throws: If the broker has no such topic.
    init(_ client: ZaichikClient, _ topic: TopicName, from start: StartPosition) async throws {
        self.client = client
        self.topic = topic
        arrivals = client.arrivals.makeAsyncIterator()
        guard let row = try await client.detail(ofTopic: topic.string, rows: 0)?.topic else {
            throw CommandFailure("the broker at \(client.address) has no topic '\(topic)': it is of an earlier version")
        }
        try await client.subscribe(to: TopicPattern(topic.string), from: start)
        head = row[.headSequence]
        isAtHead = row[.retainedMessages] == 0 || start == .new
    }

    /// Whether all is read that was kept when reading began.
    private(set) var isAtHead: Bool

    /// The next message.
    ///
    /// - Returns: nil if the client is closed, or the task cancelled.
    mutating func next() async throws -> Delivery? {
        while let arrival = try await arrivals.next() {
            switch arrival {
            case .gap(let gap):
                isAtHead = isAtHead || gap.last >= head
                StandardError.say("\(gap.count) messages of '\(topic)' are lost, as they were not read in time")
            case .delivery(let delivery):
                isAtHead = isAtHead || delivery.sequence >= head
                client.commit(delivery)
                return delivery
            }
        }
        return nil
    }
}
