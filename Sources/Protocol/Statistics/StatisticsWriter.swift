import NIOCore

/// Writes a STATISTICS frame a few rows at a time, as it cannot be sent in pages.
///
/// The numbers of rows come first on the wire, so they are given first; then the rows of clients, then those of topics.
public struct StatisticsWriter: Sendable {
    private var buffer = ByteBuffer()
    /// The counts of topics, to be written after the last client; nil if no topics are wanted.
    private let topics: Count?
    private var clientsLeft: Int
    private var topicsLeft: Int

    /// The number of rows that follow, and the number that match in all.
    public struct Count: Sendable {
        public var rows: Int
        public var matching: Int

        public init(rows: Int, matching: Int) {
            self.rows = rows
            self.matching = matching
        }
    }

    /// - Parameters:
    ///   - watch: The request id of the WATCH.
    ///   - clients: nil if no clients are wanted.
    ///   - topics: nil if no topics are wanted.
    public init(watch: UInt32, time: UInt64, broker: BrokerStatistics, clients: Count?, topics: Count?) {
        self.topics = topics
        clientsLeft = clients?.rows ?? 0
        topicsLeft = topics?.rows ?? 0
        buffer.writeFrame(type: BrokerOpcode.statistics.rawValue) { buffer in
            buffer.writeLittle(watch)
            buffer.writeLittle(time)
            buffer.writeInteger(StatisticsUpdate.parts(clients: clients != nil, topics: topics != nil))
            buffer.writeFigures(broker)
        }
        if let clients { write(clients) }
        if clientsLeft == 0 { writeTopicCount() }
    }

    public mutating func append(_ row: ClientStatistics) {
        precondition(clientsLeft > 0, "there are more rows of clients than were announced")
        buffer.writeRow(row.writeRow)
        clientsLeft -= 1
        if clientsLeft == 0 { writeTopicCount() }
    }

    public mutating func append(_ row: TopicStatistics) {
        precondition(clientsLeft == 0 && topicsLeft > 0, "rows of topics follow all clients, as many as were announced")
        buffer.writeRow(row.writeRow)
        topicsLeft -= 1
    }

    /// - Returns: The whole frame.
    public consuming func finish() -> ByteBuffer {
        precondition(clientsLeft == 0 && topicsLeft == 0, "there are fewer rows than were announced")
        buffer.setInteger(
            UInt32(buffer.readableBytes - FrameHeader.lengthSize), at: buffer.readerIndex, endianness: .little)
        return buffer
    }

    private mutating func write(_ count: Count) {
        buffer.writeLittle(UInt32(count.matching))
        buffer.writeLittle(UInt32(count.rows))
    }

    private mutating func writeTopicCount() {
        if let topics { write(topics) }
    }
}
