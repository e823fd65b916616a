import DequeModule
import NIOCore
import ZaichikProtocol

/// The publishes of a named producer, kept until they are answered, so that a later connection sends them again.
///
/// In the order of the ``PublishLedger``, which counts them: its entries and these are the same messages.
struct PublishKeep: Sendable {
    struct Entry: Sendable {
        var topic: TopicName
        var flags: MessageFlags
        var key: ByteBuffer?
        var payload: ByteBuffer

        func message(_ topicID: UInt32) -> Message {
            Message(topicID: topicID, flags: flags, key: key, payload: payload)
        }
    }

    /// What was known of the producer when the connection before was made.
    struct Earlier: Sendable {
        var connection: UInt64
        var record: ProducerRecord
        /// The incarnation of the broker's process.
        var incarnation: UInt64?
    }

    /// What a new connection knows of the publishes of the one before.
    enum Fate: Equatable, Sendable {
        /// So many are answered; the others have not reached the broker.
        case answered(UInt64, PublishRefusals)
        /// It cannot be known which of them the broker has.
        case unknown(String)
    }

    private var entries = Deque<Entry>()
    /// How many of them are in the output of this connection or sent.
    private(set) var written = 0
    private(set) var earlier: Earlier?
    /// How many publishes of the last connection were sent, while there is none.
    var sentBefore: UInt64 = 0

    var count: Int { entries.count }
    /// The first one that is not written; nil if all are.
    var next: Entry? { written < entries.count ? entries[written] : nil }

    mutating func add(_ entry: Entry) { entries.append(entry) }

    mutating func nextWritten() { written += 1 }

    /// The first ones are answered.
    mutating func answered(_ count: Int) {
        entries.removeFirst(count)
        written -= min(count, written)
    }

    /// Gives up the last ones.
    mutating func withdraw(_ count: Int) {
        entries.removeLast(count)
        written = min(written, entries.count)
    }

    /// Takes out those next to be written that go to a topic.
    ///
    /// - Returns: How many they were.
    mutating func dropNext(to topic: TopicName) -> Int {
        var end = written
        while end < entries.count, entries[end].topic == topic { end += 1 }
        entries.removeSubrange(written..<end)
        return end - written
    }

    /// Takes out a message that is longer than the broker of this connection takes.
    ///
    /// - Parameter most: The most bytes of key and payload.
    /// - Returns: Its index; nil if there is none.
    mutating func dropTooLong(_ most: Int) -> Int? {
        let index = entries.firstIndex { ($0.key?.readableBytes ?? 0) + $0.payload.readableBytes > most }
        if let index { entries.remove(at: index) }
        return index
    }

    mutating func removeAll() {
        entries.removeAll()
        written = 0
        sentBefore = 0
    }

    /// A new connection: all that is kept is to be written again.
    ///
    /// - Parameter welcome: Its WELCOME, which tells of the producer.
    /// - Returns: What became of the publishes of the connection before.
    mutating func begin(_ welcome: Welcome, _ record: ProducerRecord) -> Fate {
        defer {
            earlier = Earlier(
                connection: welcome.connectionID, record: record, incarnation: welcome.incarnation)
            written = 0
            sentBefore = 0
        }
        guard let earlier, earlier.incarnation == welcome.incarnation else {
            // What another process of the broker had is gone with it.
            return .answered(0, PublishRefusals())
        }
        guard earlier.record.began == record.began else {
            return .unknown("the broker has forgotten the producer")
        }
        if record.lastConnection == earlier.connection { return .answered(record.lastAnswered, record.refusals) }
        guard record.answered == earlier.record.answered else {
            return .unknown("another connection has published under the name of the producer")
        }
        return .answered(0, PublishRefusals())
    }
}
