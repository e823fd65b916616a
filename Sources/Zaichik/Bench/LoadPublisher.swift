import DequeModule
import NIOCore
import ZaichikProtocol

/// What one publisher has published and may publish next. A value: the connection is elsewhere.
struct LoadPublisher {
    /// Messages that were published in one go.
    private struct Batch {
        /// How many publishes of the connection there were with it.
        var end: UInt64
        /// When they were published or due, in ns.
        var time: UInt64
    }

    let index: Int
    /// Indices of topics, taken in turn.
    let topics: [Int]
    /// The broker's numbers for them, as they become known.
    var topicIDs: [UInt32]
    /// How many publishes may be unconfirmed.
    let window: UInt64
    /// How many to publish in all.
    private(set) var limit: UInt64 = 0
    /// How many are due; without a rate all are.
    var due: UInt64
    private(set) var sent: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    private var unconfirmed: Deque<Batch> = []
    /// By place in `topics`.
    private(set) var refused: [UInt64]

    init(index: Int, topics: [Int], window: UInt64, isPaced: Bool) {
        self.index = index
        self.topics = topics
        self.window = window
        topicIDs = Array(repeating: 0, count: topics.count)
        refused = Array(repeating: 0, count: topics.count)
        due = isPaced ? 0 : .max
    }

    /// Allows so many more from now on; nothing: any number.
    mutating func allow(_ count: UInt64?) { limit = count.map { sent + $0 } ?? .max }

    /// How many may be published now.
    var room: UInt64 {
        let wanted = min(limit, due)
        guard wanted > sent else { return 0 }
        return min(wanted - sent, window - min(sent - confirmed, window))
    }

    var isDone: Bool { sent >= limit && confirmed >= sent }

    /// Appends the frames of the next messages.
    ///
    /// - Parameters:
    ///   - now: In ns; the time of those that are not on a schedule.
    mutating func write(
        _ count: UInt64, now: UInt64, schedule: PublishSchedule?, template: FrameTemplate, to buffer: inout ByteBuffer
    ) {
        buffer.reserveCapacity(minimumWritableBytes: Int(count) * template.size)
        var time = now
        let turns = UInt64(topics.count)
        for message in sent..<sent + count {
            if let schedule {
                time = schedule.due(message, of: index)
                unconfirmed.append(Batch(end: message + 1, time: time))
            }
            let (number, turn) = turns == 1 ? (message, 0) : message.quotientAndRemainder(dividingBy: turns)
            let stamp = MessageStamp(time: time, publisher: index, number: number)
            template.write(topicID: topicIDs[Int(turn)], stamp, to: &buffer)
        }
        sent += count
        if schedule == nil { unconfirmed.append(Batch(end: sent, time: now)) }
    }

    /// Takes a CONFIRM.
    ///
    /// - Parameters:
    ///   - count: The first so many publishes are answered for.
    ///   - now: In ns.
    /// - Returns: Whether it can be: not, if it confirms what was not published.
    mutating func confirm(_ count: UInt64, now: UInt64, _ latency: inout LatencyRecorder) -> Bool {
        guard count <= sent else { return false }
        while confirmed < count, let batch = unconfirmed.first {
            let end = min(batch.end, count)
            latency.record(from: batch.time, to: now, count: end - confirmed)
            confirmed = end
            if end == batch.end { unconfirmed.removeFirst() }
        }
        return true
    }

    /// Takes a REJECT. The CONFIRM that follows passes it.
    ///
    /// - Parameter publish: Which one, from 1.
    mutating func refuse(_ publish: UInt64) {
        guard publish > 0, publish <= sent else { return }
        refused[Int((publish - 1) % UInt64(topics.count))] += 1
    }
}

/// A PUBLISH frame in which only topic, key and stamp change.
struct FrameTemplate: Sendable {
    private let bytes: ByteBuffer
    private let hasKey: Bool
    private let stampOffset: Int
    /// Of the whole frame, in bytes.
    let size: Int

    /// - Parameter payload: Bytes of the payload, those of the stamp at least.
    init(payload: Int, hasKey: Bool) {
        let key = hasKey ? ByteBuffer(repeating: UInt8(ascii: "0"), count: MessageStamp.keySize) : nil
        var bytes = ByteBuffer()
        ClientFrame.publish(
            Message(topicID: 0, key: key, payload: ByteBuffer(repeating: UInt8(ascii: "."), count: payload))
        ).write(to: &bytes)
        self.bytes = bytes
        self.hasKey = hasKey
        stampOffset = MessageLayout.keyOffset + (hasKey ? MessageStamp.keySize : 0)
        size = bytes.readableBytes
    }

    func write(topicID: UInt32, _ stamp: MessageStamp, to buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        buffer.writeImmutableBuffer(bytes)
        buffer.setInteger(topicID, at: start + MessageLayout.topicOffset, endianness: .little)
        buffer.setInteger(stamp.time, at: start + stampOffset, endianness: .little)
        buffer.setInteger(stamp.origin, at: start + stampOffset + 8, endianness: .little)
        if hasKey { stamp.writeKey(to: &buffer, at: start + MessageLayout.keyOffset) }
    }
}
