import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Two loops, step by step")
struct InterleavingTests {
    // MARK: A message and a reader that sees the end of the log

    @Test("in any order of takes and publishes, a reader is ready, waits at the end of the log, or is being woken")
    func noWakeIsLost() throws {
        for seed in UInt64(1)...150 {
            var generator = SeededGenerator(seed: seed)
            var bench = InterleavingBench(loops: 2)
            let topics = try (0..<3).map { try bench.topic("t\($0)") }
            let readers = [bench.reader(loop: 0, of: topics), bench.reader(loop: 1, of: Array(topics[..<2]))]
            var received: [[String]] = [[], []]
            for number in 0..<40 {
                let loop = Int.random(in: 0...1, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0, 1:
                    let topic = topics.randomElement(using: &generator)!
                    bench.append(loop, topic, "\(topic.name).\(number)", stamp: bench.announce(loop))
                    bench.clear(loop)
                case 2: bench.post(loop)
                case 3: bench.fetch(loop)
                default:
                    let horizon = bench.order.horizon
                    received[loop] += bench.take(readers[loop], horizon: horizon)
                }
                for reader in bench.readers where !Self.isServed(reader, bench) {
                    Issue.record("a message waits for reader \(reader.handle), and nobody tells it; seed \(seed)")
                }
            }
            for _ in 0..<2 {
                for loop in 0...1 { bench.post(loop) }
                for loop in 0...1 {
                    bench.fetch(loop)
                    received[loop] += bench.take(readers[loop], horizon: .max)
                }
            }
            for (loop, topics) in [topics, Array(topics[..<2])].enumerated() {
                let heads = topics.reduce(0) { $0 + $1.locked { $0.log.headSequence } }
                #expect(received[loop].count == Int(heads) && Set(received[loop]).count == Int(heads))
            }
        }
    }

    /// Whether each cursor that waits either is at the end of its log or has left the list of those that wait there: then
    /// its wake is under way.
    private static func isServed(_ reader: Reader, _ bench: InterleavingBench) -> Bool {
        reader.queue.cursors.slots.allSatisfy { slot in
            guard let cursor = reader.queue.cursors[slot], cursor.isWaiting else { return true }
            return cursor.topic.locked { state in
                var waits = false
                var copy = state.holds
                copy.wakeAll { if $0.reader == reader.handle { waits = true } }
                return waits == (cursor.position.sequence > state.log.headSequence)
            }
        }
    }

    // MARK: A publish without room and a commit that makes room

    @Test("in any order of publishes, takes and commits, a publisher waits only while there is no room")
    func noPublisherIsForgotten() throws {
        let steps = ["publish 0", "publish 1", "take 0", "take 1", "commit 0", "commit 1"]
        try interleavings(of: Array(repeating: 1, count: steps.count)) { order in
            var room = try FullTopic()
            for step in order {
                room.perform(steps[step])
                #expect(room.isFair, "after \(order.map { steps[$0] })")
            }
            for _ in 0..<4 {
                for step in steps[2...] { room.perform(step) }
            }
            #expect(room.waiting.isEmpty, "after \(order.map { steps[$0] })")
            #expect(room.topic.locked { $0.log.headSequence } == 4, "after \(order.map { steps[$0] })")
        }
    }

    /// A topic that blocks with room for two messages, both of which two readers have and have not committed.
    private struct FullTopic {
        var bench = InterleavingBench(loops: 2)
        let topic: Topic
        /// Publishers that wait for room, as they know it.
        var waiting: Set<UInt32> = []

        init() throws {
            topic = try bench.topic("t") {
                $0.overflow = .block
                $0.historyBytes = 0
                $0.limit = UInt64(2 * Publishes.size(payload: 200))
            }
            for loop in 0...1 { _ = bench.reader(loop: loop, of: [topic]) }
            for _ in 0..<2 { _ = publish(9, hasWaited: false) }
            for loop in 0...1 { _ = bench.take(loop, horizon: .max) }
        }

        mutating func publish(_ seat: UInt32, hasWaited: Bool) -> PublishResult {
            let loop = Int(seat) % 2
            let payload = String(repeating: "x", count: 200)
            let result = bench.append(
                loop, topic, payload, stamp: bench.announce(loop), seat: seat, hasWaited: hasWaited)
            bench.clear(loop)
            return result
        }

        mutating func perform(_ step: String) {
            let number = Int(String(step.last!))!
            switch step.first {
            case "p": attempt(UInt32(number), hasWaited: false)
            case "t": _ = bench.take(number, horizon: .max)
            default: bench.commit(number)
            }
            deliverWakes()
        }

        /// As a connection does it: see ``PublishGate``.
        private mutating func attempt(_ seat: UInt32, hasWaited: Bool) {
            if publish(seat, hasWaited: hasWaited).refusal == .blocked {
                waiting.insert(seat)
            } else {
                waiting.remove(seat)
                let loop = Int(seat) % 2
                if hasWaited { topic.locked { $0.wakeBlocked(&bench.wakes[loop]) } }
            }
        }

        private mutating func deliverWakes() {
            repeat {
                for loop in 0...1 { bench.post(loop) }
                for loop in 0...1 { bench.fetch(loop) }
                let told = bench.roomMade
                bench.roomMade = []
                for seat in told { attempt(seat, hasWaited: true) }
            } while !bench.roomMade.isEmpty || bench.wakes.contains { !$0.isEmpty }
        }

        /// Whether those that wait are noted at the topic, and there is no room for them.
        var isFair: Bool {
            let frames = Publishes.frames([String(repeating: "x", count: 200)], topic: topic.id)
            return topic.locked { state in
                guard Set(state.blocked.map(\.seat)) == waiting, state.blocked.count == waiting.count else {
                    return false
                }
                return waiting.isEmpty || frames.withUnsafeReadableBytes { state.room(for: $0) }.bytes == 0
            }
        }
    }

    // MARK: The horizon

    private enum ReaderStep { case horizon, mail, take }

    /// Two loops publish one message each; a third one reads both topics, its steps in an order.
    ///
    /// - Returns: In how many interleavings the reader got them out of order, and in how many not all of them.
    private static func search(_ steps: [ReaderStep]) throws -> (outOfOrder: Int, lost: Int) {
        var found = (outOfOrder: 0, lost: 0)
        try interleavings(of: [4, 4, steps.count]) { order in
            var bench = InterleavingBench(loops: 3)
            let topics = [try bench.topic("a"), try bench.topic("b")]
            let reader = bench.reader(loop: 2, of: topics)
            var next = [0, 0, 0]
            var stamps: [UInt64] = [0, 0]
            var horizon: UInt64 = 0
            var received: [String] = []
            for actor in order {
                defer { next[actor] += 1 }
                guard actor < 2 else {
                    switch steps[next[2]] {
                    case .horizon: horizon = bench.order.horizon
                    case .mail: bench.fetch(2)
                    case .take: received += bench.take(reader, horizon: horizon)
                    }
                    continue
                }
                switch next[actor] {
                case 0: stamps[actor] = bench.announce(actor)
                case 1: bench.append(actor, topics[actor], "\(stamps[actor])", stamp: stamps[actor])
                case 2: bench.post(actor)
                default: bench.clear(actor)
                }
            }
            horizon = bench.order.horizon
            bench.fetch(2)
            received += bench.take(reader, horizon: horizon)
            let numbers = received.compactMap { UInt64($0) }
            if numbers != numbers.sorted() { found.outOfOrder += 1 }
            if numbers.count != 2 { found.lost += 1 }
        }
        return found
    }

    @Test("a reader that reads the horizon before its mail gets all messages in order")
    func horizonFirst() throws {
        let found = try Self.search([.horizon, .mail, .take])
        #expect(found == (0, 0))
    }

    @Test("the order of the two matters: with the mail first, some interleaving is out of order")
    func mailFirst() throws {
        let found = try Self.search([.mail, .horizon, .take])
        #expect(found.outOfOrder > 0)
        #expect(found.lost == 0)
    }
}
