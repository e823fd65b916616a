import NIOCore
import ZaichikProtocol

/// What one subscriber got, and what it has to commit. A value: the connection is elsewhere.
struct LoadSubscriber {
    /// Where the flow of the delivery before was recorded: most of the time it goes on.
    private struct Place {
        var topicID: UInt32
        var publisher: Int
        var flow: Int
    }

    private(set) var ledger: DeliveryLedger
    /// By the broker's numbers.
    private var topics: [UInt32: Int] = [:]
    private var last = Place(topicID: 0, publisher: -1, flow: 0)
    private(set) var delivered: UInt64 = 0
    private(set) var payloadBytes: UInt64 = 0
    private(set) var committed: UInt64 = 0

    init(spread: TopicSpread, index: Int) { ledger = DeliveryLedger(spread: spread, subscriber: index) }

    /// Takes the DELIVER frames at the start of what was read.
    ///
    /// - Parameter now: In ns.
    /// - Returns: Their bytes.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, now: UInt64, _ latency: inout LatencyRecorder) -> Int {
        // Messages published in one go have one time, and one entry in the histogram.
        var time: UInt64 = 0
        var count: UInt64 = 0
        let length = DeliveryScan.walk(bytes) { topicID, payload, stamp in
            delivered += 1
            payloadBytes += UInt64(payload)
            guard let stamp, let flow = flow(topicID, stamp.publisher) else { return ledger.recordForeign() }
            ledger.record(flow: flow, number: stamp.number)
            if stamp.time != time {
                latency.record(from: time, to: now, count: count)
                time = stamp.time
                count = 0
            }
            count += 1
        }
        latency.record(from: time, to: now, count: count)
        return length
    }

    private mutating func flow(_ topicID: UInt32, _ publisher: Int) -> Int? {
        if last.topicID == topicID, last.publisher == publisher { return last.flow }
        guard let topic = topics[topicID], let flow = ledger.flow(topic: topic, publisher: publisher) else {
            return nil
        }
        last = Place(topicID: topicID, publisher: publisher, flow: flow)
        return flow
    }

    /// Takes a TOPIC: the broker's number for the topic with this index.
    mutating func introduce(_ topicID: UInt32, as topic: Int) { topics[topicID] = topic }

    mutating func receiveGap(_ topicID: UInt32, first: UInt64, last: UInt64) {
        guard let topic = topics[topicID], last >= first else { return ledger.recordForeign() }
        ledger.recordGap(topic: topic, count: last - first + 1)
    }

    /// Commits everything, or as many as are given.
    ///
    /// - Returns: What to tell the broker; nothing, if nothing is left to commit.
    mutating func commit(atMost count: UInt64 = .max) -> UInt64? {
        guard delivered > committed else { return nil }
        committed += min(count, delivered - committed)
        return committed
    }
}

/// Walks DELIVER frames where they lie, by address: one step a message instead of one value a message.
enum DeliveryScan {
    /// - Parameter body: Gets topic, bytes of the payload and, if it is long enough for one, the stamp.
    /// - Returns: Bytes of the whole DELIVER frames at the start.
    @inline(__always)
    static func walk(_ bytes: UnsafeRawBufferPointer, _ body: (UInt32, Int, MessageStamp?) -> Void) -> Int {
        var offset = 0
        while bytes.count - offset >= MessageLayout.keyOffset {
            let length = FrameHeader.lengthSize + Int(load(bytes, offset, as: UInt32.self))
            let payloadOffset =
                offset + MessageLayout.keyOffset
                + Int(load(bytes, offset + MessageLayout.keyLengthOffset, as: UInt16.self))
            guard bytes[offset + MessageLayout.typeOffset] == BrokerOpcode.deliver.rawValue,
                length <= bytes.count - offset, payloadOffset <= offset + length
            else { break }
            let payload = offset + length - payloadOffset
            body(
                load(bytes, offset + MessageLayout.topicOffset, as: UInt32.self), payload,
                payload >= MessageStamp.size ? MessageStamp(bytes, at: payloadOffset) : nil)
            offset += length
        }
        return offset
    }

    @inline(__always)
    private static func load<T: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, as _: T.Type
    ) -> T {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
