import NIOCore
import ZaichikProtocol

/// A publisher and a subscriber that ask for little: about a thousand messages a second one by one, each committed at
/// once. What they notice is what others cost them.
final class Pair {
    /// In ns.
    private static let interval: UInt64 = 1_000_000
    /// How long answers are waited for when all is sent, in ns.
    private static let patience: UInt64 = 2_000_000_000
    private static let mostUnanswered = 10_000

    private let publisher: Peer
    private let subscriber: Peer
    private let clock: ProcessorClock
    private var batch: FrameBatch
    /// When each message was sent, and how much of its time the broker had spent by then.
    private var sent: [(at: UInt64, spent: UInt64)] = []
    private var answered = 0
    private var trips = PairTrips()

    /// - Parameter topic: The pair's own.
    init(port: Int, clock: ProcessorClock, topic: String) throws {
        self.clock = clock
        publisher = try Peer(port: port, name: "pair")
        subscriber = try Peer(port: port, window: 1 << 16, name: "pair")
        batch = FrameBatch(topicID: try publisher.topic(topic), count: 1, payload: 128)
        try subscriber.subscribe(topic)
        subscriber.onDelivery = { [unowned self] frame in
            let number = frame.loadUnaligned(fromByteOffset: MessageLayout.keyOffset, as: UInt64.self)
            take(Int(UInt64(littleEndian: number)))
        }
    }

    /// Measures until it is told to stop and everything sent has come.
    ///
    /// - Parameter isOver: Asked each ms.
    func measure(until isOver: () -> Bool) -> PairTrips {
        trips = PairTrips()
        let first = sent.count
        do { try exchange(until: isOver) } catch { trips.failure = "\(error)" }
        let (now, spent) = (Monotonic.now, clock.now)
        for trip in sent[max(answered, first)...] { trips.add(from: trip, now: now, spent: spent) }
        trips.unanswered = sent.count - answered
        trips.lost += Int(subscriber.lost)
        return trips
    }

    func measure(seconds: Double) -> PairTrips {
        let end = Monotonic.now + UInt64(seconds * 1e9)
        return measure { Monotonic.now >= end }
    }

    /// Measures while something happens on another thread, which leaves the cores to the broker and the pair.
    ///
    /// - Parameters:
    ///   - least: How long to measure at least, in s.
    ///   - limit: When to give up, in s.
    /// - Returns: What the pair noticed, and its outcome; nil if it is still running.
    func measure<R: Sendable>(
        least: UInt64 = 0, limit: UInt64, _ body: @escaping @Sendable () throws -> R
    ) -> (PairTrips, Result<R, any Error>?) {
        let outcome = Shared<Result<R, any Error>?>(nil)
        _ = Parallel.start(isPolite: true) {
            let result = Result { try body() }
            outcome.change { $0 = result }
        }
        let start = Monotonic.now
        let trips = measure {
            let seconds = (Monotonic.now - start) / 1_000_000_000
            return seconds >= (outcome.value == nil ? limit : least)
        }
        // A pair that failed ends at once; the load beside it does not.
        while outcome.value == nil, Monotonic.now < start + limit * 1_000_000_000 { Monotonic.sleep(milliseconds: 5) }
        return (trips, outcome.value)
    }

    private func exchange(until isOver: () -> Bool) throws {
        var next = Monotonic.now
        var end: UInt64?
        while true {
            let now = Monotonic.now
            if end == nil, isOver() { end = now + Self.patience }
            if let end {
                if answered == sent.count || now >= end { break }
            } else if now >= next, sent.count - answered < Self.mostUnanswered {
                batch.number(from: UInt64(sent.count))
                sent.append((Monotonic.now, clock.now))
                try publisher.publish(batch)
                next = max(next + Self.interval, now)
            }
            Socket.wait([subscriber.socket, publisher.socket], milliseconds: 1)
            while try subscriber.receive(waits: false) {}
            try subscriber.commit()
            while try publisher.receive(waits: false) {}
        }
    }

    private func take(_ number: Int) {
        if number != answered { trips.lost += abs(number - answered) }
        guard sent.indices.contains(number) else { return }
        answered = number + 1
        trips.add(from: sent[number], now: Monotonic.now, spent: clock.now)
    }
}

/// The measurements of a pair.
struct PairTrips: Sendable {
    /// From the publish to the delivery, in ms.
    private(set) var wall = Samples()
    /// What the broker spent of its processor time meanwhile, in ms: what else the machine did is not in it.
    private(set) var processor = Samples()
    /// Messages that had not come at the end: their trips are counted as if they ended then.
    var unanswered = 0
    /// Messages that will not come, or came out of order.
    var lost = 0
    /// The reason that the pair had to stop; nil if it did not.
    var failure: String?

    mutating func add(from trip: (at: UInt64, spent: UInt64), now: UInt64, spent: UInt64) {
        wall.add(Double(now - trip.at) / 1e6)
        processor.add(Double(spent - min(trip.spent, spent)) / 1e6)
    }

    static let good = "all came"

    /// Errors other than delays, in a few words.
    var fate: String {
        if let failure { return failure }
        if lost > 0 { return "\(FigureText.count(lost)) lost" }
        return unanswered > 0 ? "\(FigureText.count(unanswered)) unanswered" : Self.good
    }
}
