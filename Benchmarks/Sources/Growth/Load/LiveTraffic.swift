import ZaichikProtocol

/// A publisher at a steady rate and a subscriber that keeps up; each message has in it when it was sent.
enum LiveTraffic {
    /// Messages a second.
    static let rate = 10_000
    /// In ns.
    private static let interval: UInt64 = 1_000_000

    /// Latencies in ms, from the send to the reader, while `body` runs.
    static func measure(port: Int, topic: String, _ body: @escaping () throws -> Void) throws -> Samples {
        let publisher = try Peer(port: port)
        let id = try publisher.topic(topic)
        let subscriber = try Peer(port: port, window: FrameLimits.window)
        try subscriber.subscribe(topic)
        let stop = StopFlag()
        let sending = Parallel.start { try send(publisher, topicID: id, until: stop) }
        let reading = Parallel.start { try read(subscriber, until: stop) }
        let result = Result { try body() }
        stop.set()
        _ = try sending()
        let samples = try reading()
        try result.get()
        return samples
    }

    /// A tenth of a thousand each ms: a thread cannot be woken more often with any accuracy.
    private static func send(_ publisher: Peer, topicID: UInt32, until stop: StopFlag) throws {
        var batch = FrameBatch(topicID: topicID, count: rate / 1000, payload: 128)
        var next = Monotonic.now
        while !stop.isSet {
            batch.stamp(Monotonic.now)
            try publisher.publish(batch)
            next += interval
            Monotonic.sleep(until: next)
        }
        // The subscriber waits for what comes next before it looks whether to stop.
        batch.stamp(Monotonic.now)
        try publisher.publish(batch)
        try publisher.awaitConfirms()
    }

    private static func read(_ subscriber: Peer, until stop: StopFlag) throws -> Samples {
        let samples = Shared(Samples())
        subscriber.onDelivery = { frame in
            let now = Monotonic.now
            let sent = frame.loadUnaligned(fromByteOffset: MessageLayout.keyOffset, as: UInt64.self)
            samples.change { $0.add(Double(now - UInt64(littleEndian: sent)) / 1e6) }
        }
        while !stop.isSet {
            try subscriber.receive()
            try subscriber.commit()
        }
        return samples.value
    }
}
