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
    private var settled: UInt64 = 0

    init(spread: TopicSpread, index: Int) { ledger = DeliveryLedger(spread: spread, subscriber: index) }

    /// Takes the DELIVER frames at the start of what was read.
    ///
    /// - Parameter now: In ns.
    /// - Returns: Their bytes.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, now: UInt64, _ latency: inout LatencyRecorder) -> Int {
        // Messages published in one go have one time, and one entry in the histogram.
        var time: UInt64 = 0
        var count: UInt64 = 0
        let length = FrameScan.deliveries(bytes) { topicID, payload in
            delivered += 1
            payloadBytes += UInt64(payload.count)
            let stamp = payload.count >= MessageStamp.size ? MessageStamp(payload, at: 0) : nil
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
        guard let topic = topics[topicID], first > 0, last >= first else { return ledger.recordForeign() }
        ledger.recordGap(topic: topic, count: last - first + 1)
    }

    /// Deliveries that came or never will, since the last call.
    mutating func takeSettled() -> Int {
        let all = ledger.received + ledger.gapMessages
        defer { settled = all }
        return Int(all - settled)
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
