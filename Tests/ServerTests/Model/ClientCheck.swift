import ZaichikProtocol

/// A client's figures at rest, held against what it sent and got.
struct ClientCheck {
    private let connection: ConnectionModel
    private let row: ClientStatistics
    private let detail: ClientDetail

    init(_ connection: ConnectionModel, _ detail: ClientDetail) {
        self.connection = connection
        self.detail = detail
        row = detail.client
    }

    private var world: ModelWorld { connection.world }

    func check() throws {
        try expect(.inFlightMessages, connection.inFlight)
        try expect(.window, connection.window.messages)
        try expect(.windowBytes, connection.window.bytes)
        try expect(.deliveredMessages, connection.deliveries.count)
        try expect(.committedMessages, connection.committed)
        try expect(.subscriptions, connection.subscriptions.count)
        try expect(.lagMessages, row[.pendingMessages] + row[.inFlightMessages])
        let met = connection.readings.keys.filter { world.topics[$0].head > 0 }.count
        try expect(.topics, met...connection.readings.count)
        try checkPublished()
        try checkConservation()
        for reading in connection.readings.values { try check(reading) }
        try checkOldest()
    }

    private func fail(_ rule: String, _ detail: String) throws { try connection.fail(rule, detail).raise() }

    private func expect(_ figure: ClientFigure, _ value: some BinaryInteger) throws {
        try expect(figure, value...value)
    }

    private func expect<T: BinaryInteger>(_ figure: ClientFigure, _ values: ClosedRange<T>) throws {
        guard !values.contains(T(row[figure])) else { return }
        let text = "\(values.lowerBound)" + (values.lowerBound == values.upperBound ? "" : " to \(values.upperBound)")
        try fail("figures of a client are right", "\(figure.name) is \(row[figure]), not \(text)")
    }

    private func checkPublished() throws {
        var accepted = 0
        var open = 0
        var rejected = 0
        for number in 1..<connection.published + 1 {
            switch world.publishes[PublishName(connection: connection.number, number: number)]!.outcome {
            case .open: open += 1
            case .accepted: accepted += 1
            case .rejected: rejected += 1
            case .duplicate, .unknown: break
            }
        }
        try expect(.publishedMessages, accepted...accepted + open)
        try expect(.rejectedMessages, rejected)
    }

    /// Every message of a queue is in exactly one of lag, delivered and gap, whether it was told or not.
    private func checkConservation() throws {
        var notPassed: ClosedRange<UInt64> = 0...0
        var duplicates: UInt64 = 0
        for reading in connection.readings.values {
            let head = world.topics[reading.topic].head
            let least = head + 1 - min(reading.next.upperBound, head + 1)
            let most = head + 1 - min(reading.next.lowerBound, head + 1)
            notPassed = notPassed.lowerBound + least...notPassed.upperBound + most
            if most > 0 { duplicates += UInt64(duplicatesNext(reading)) }
        }
        let untold = row[.gapMessages] &- connection.toldLost
        let accounted = row[.pendingMessages] &+ untold
        let least = notPassed.lowerBound - min(duplicates, notPassed.lowerBound)
        let most = notPassed.upperBound + connection.readingsEnded.untold
        guard row[.gapMessages] >= connection.toldLost, (least...most).contains(accounted) else {
            return try fail(
                "every message of a queue is in exactly one of lag, delivered and gap",
                "\(notPassed) of them were not passed, \(connection.toldLost) were told as lost, "
                    + "pending \(row[.pendingMessages]), gap \(row[.gapMessages])")
        }
    }

    /// Duplicates that are next: the queue may have looked at them, or may not.
    private func duplicatesNext(_ reading: ReadingModel) -> Int {
        let head = world.topics[reading.topic].head
        guard reading.next.lowerBound <= head else { return 0 }
        return (reading.next.lowerBound...head).prefix { connection.mayWithhold($0, in: reading.topic) }.count
    }

    private func check(_ reading: ReadingModel) throws {
        let topic = world.topics[reading.topic]
        guard topic.head > 0 else { return }
        guard let figures = detail.topics.first(where: { $0.topicID == topic.id }) else {
            return try fail("a client has a row for each topic that it reads", "\(topic.name) has none")
        }
        let past = topic.head + 1
        let alive = max(topic.firstAlive, topic.acts.purgedBelow.lowerBound)
        let most = past - min(max(reading.next.lowerBound, alive), past)
        var least = past - min(max(reading.next.upperBound, max(alive, topic.earliest)), past)
        if topic.mayDrop {
            let fitting = topic.settings.limit / topic.frameSize
            least = min(least, fitting - min(2, fitting))
        }
        least -= min(least, UInt64(duplicatesNext(reading)))
        let text = "of \(topic.name), next \(reading.next), head \(topic.head), first alive \(topic.firstAlive)"
        let pending = figures[.pendingMessages]
        guard (least...most).contains(pending) else {
            return try fail(
                "pending is what is still to come", "\(pending), not \(least) to \(most), \(text)")
        }
        let inFlight = connection.deliveries.dropFirst(connection.committed).count { $0.topic == reading.topic }
        guard figures[.inFlightMessages] == inFlight, figures[.lagMessages] == pending + UInt64(inFlight) else {
            return try fail(
                "lag in a topic is pending and in flight",
                "\(figures[.lagMessages]) is not \(pending) + \(figures[.inFlightMessages]), \(inFlight) in flight, \(text)"
            )
        }
        guard figures[.headSequence] == topic.head else {
            return try fail("figures of a client are right", "head \(figures[.headSequence]) \(text)")
        }
    }

    /// The age and the bytes of the lag are those of the queue, whatever the logs keep.
    private func checkOldest() throws {
        let inFlight = connection.deliveries.dropFirst(connection.committed)
        var oldest = inFlight.map { world.topics[$0.topic].time(of: $0.sequence) }.min()
        // From the oldest uncommitted message to the head there may be some that are in no lag any more.
        var first = Dictionary(inFlight.map { ($0.topic, $0.sequence) }) { first, _ in first }
        var least = inFlight.reduce(UInt64(0)) { $0 + world.topics[$1.topic].frameSize }
        for reading in connection.readings.values {
            let topic = world.topics[reading.topic]
            guard reading.next.lowerBound <= topic.head else { continue }
            let isWhole =
                reading.next.lowerBound == reading.next.upperBound
                && reading.next.lowerBound >= max(topic.firstAlive, topic.earliest)
            guard isWhole, duplicatesNext(reading) == 0, !topic.mayDrop else { return }
            let time = topic.time(of: reading.next.lowerBound)
            oldest = min(oldest ?? time, time)
            least += topic.bytes(from: reading.next.lowerBound)
            if first[reading.topic] == nil { first[reading.topic] = reading.next.lowerBound }
        }
        try expect(.oldestAge, oldest.map { world.topics[0].now - $0 } ?? 0)
        try expect(.lagBytes, least...max(least, first.reduce(0) { $0 + world.topics[$1.key].bytes(from: $1.value) }))
    }
}
