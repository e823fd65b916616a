import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A queue with several connections, in random histories")
struct WorkHistoryTests {
    @Test("it is at every step what the simplest model of it is", arguments: UInt64(1)...60)
    func random(seed: UInt64) throws {
        var history = try WorkHistory(seed: seed)
        for _ in 0..<250 { try history.step() }
        try history.drain()
    }
}

/// One history: what is done is done to the queue and to the model.
private struct WorkHistory {
    var generator: SeededGenerator
    var bench: QueueBench
    var model = WorkModel()
    let topics: [Topic]
    let client: Int
    var owners: [BenchOwner] = []
    let rules: QueueRules
    /// Lost messages that no GAP has told of.
    var untold: Set<String> = []
    var published = 0

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        let limited = seed % 3 == 0
        var bench = QueueBench()
        topics = try (0..<Int(seed % 3 + 1)).map { place in
            try bench.topic("t.\(place)") {
                $0.historyBytes = 0
                if limited {
                    $0.limit = 400
                    $0.overflow = .drop
                }
            }
        }
        client = bench.client(window: 7)
        self.bench = bench
        rules = QueueRules(mode: seed % 2 == 0 ? .shared : .exclusive, attempts: seed % 5 == 0 ? 3 : 0)
        owners = [bench.owners[client]]
        bench.readers[client].setRules(rules)
        for topic in topics { try self.bench.subscribe(client, topic.name.string) }
        while rules.isShared, owners.count < 3 { attach() }
    }

    var reader: Reader { bench.readers[client] }

    mutating func attach() {
        let owner = BenchOwner(window: .random(in: 1...9, using: &generator), budget: bench.registry.budget)
        reader.attach(owner)
        owners.append(owner)
    }

    // MARK: Steps

    mutating func step() throws {
        bench.now += .random(in: 1...30_000, using: &generator)
        let owner = Int.random(in: 0..<owners.count, using: &generator)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1: publish()
        case 2, 3, 4: take(owner, most: .random(in: 1...9, using: &generator))
        case 5: commit(owner)
        case 6: settle(owner, .commit) { model, index, _ in model.messages[index].state = .done }
        case 7: giveBack(owner, delay: .random(in: 0...1, using: &generator) * 100_000)
        case 8: giveBack(owner, delay: 0)
        case 9:
            settle(owner, .park(reason: "bad")) { model, index, _ in model.park(index, reason: "bad") }
        case 10: settleParked()
        default: replace(owner)
        }
        check()
    }

    /// Everything that is left is delivered and committed in the end.
    mutating func drain() throws {
        settleParked(.release)
        for _ in 0..<200 where !model.messages.allSatisfy({ $0.state == .done || $0.state == .lost }) {
            bench.now += 2_000_000
            for owner in owners.indices {
                take(owner, most: 100)
                commit(owner, upTo: owners[owner].attachment.delivered)
            }
            if model.parked > 0 { settleParked(.release) }
            check()
            // What is lost of that which is parked is found once a second.
            _ = reader.sample(now: bench.now)
            take(0, most: 1)
        }
        #expect(model.messages.allSatisfy { $0.state == .done || $0.state == .lost })
        #expect(untold.isEmpty, "each loss is told")
    }

    private mutating func publish() {
        let topic = topics.randomElement(using: &generator)!
        let payloads = (0..<Int.random(in: 1...4, using: &generator)).map { "\(published + $0)" }
        published += payloads.count
        let first = topic.locked { $0.log.headSequence } + 1
        bench.publish(topic, payloads)
        for (place, payload) in payloads.enumerated() {
            model.messages.append(
                WorkModel.Entry(topic: topic.id, payload: payload, sequence: first + UInt64(place)))
        }
    }

    private mutating func take(_ owner: Int, most: Int) {
        var output: [QueueOutput] = []
        bench.deliverWakes()
        let attachment = owners[owner].attachment
        let expected = model.next(now: bench.now, most: min(attachment.room, most))
        _ = reader.queue.take(
            for: &owners[owner].attachment, now: bench.now, horizon: bench.order.horizon, bytes: .max, most: most,
            output: &output, wakes: &bench.wakes)
        bench.deliverWakes()
        var number = attachment.delivered
        var got: [String] = []
        for item in output {
            switch item {
            case .announcement, .gone, .withheld: break
            case .gap(_, let topic, let first, let last):
                for sequence in first...last { untold.remove("\(topic.id)/\(sequence)") }
            case .run(_, let taken): got += taken.messages.map { String(buffer: $0.payload) }
            case .again(_, let taken, let attempt):
                for message in taken.messages {
                    got.append(String(buffer: message.payload))
                    let entry = model.messages[expected[min(got.count, expected.count) - 1]]
                    #expect(attempt == Attempt(number: entry.attempts + 1, cause: entry.cause!, reason: entry.reason))
                }
            }
        }
        #expect(got == expected.map { model.messages[$0].payload })
        for index in expected {
            number += 1
            model.messages[index].attempts += 1
            model.messages[index].state = .inFlight(owner: owner, number: number)
        }
    }

    private mutating func commit(_ owner: Int, upTo wanted: UInt64? = nil) {
        let delivered = owners[owner].attachment.delivered
        let number = wanted ?? UInt64.random(in: 0...delivered, using: &generator)
        #expect(reader.queue.commit(number, of: &owners[owner].attachment))
        #expect(!reader.queue.commit(delivered + 1, of: &owners[owner].attachment))
        for (found, index) in model.inFlight(at: owner) where found <= number { model.messages[index].state = .done }
    }

    private mutating func giveBack(_ owner: Int, delay: UInt64) {
        let attempts = UInt32(rules.attempts)
        settle(owner, .giveBack(after: delay, reason: "r")) { model, index, now in
            model.giveBack(index, .returned, "r", delay: delay, attempts: attempts, now: now)
        }
    }

    private mutating func settle(
        _ owner: Int, _ settling: Settling, _ body: (inout WorkModel, Int, UInt64) -> Void
    ) {
        let wanted = model.inFlight(at: owner).filter { _ in Bool.random(using: &generator) }
        var numbers = NumberRanges()
        for (number, _) in wanted { numbers.insert(number...number) }
        let outcome = reader.queue.settle(numbers.ranges, settling, of: &owners[owner].attachment, now: bench.now)
        #expect(outcome == .done(wanted.count))
        for (_, index) in wanted { body(&model, index, bench.now) }
    }

    private mutating func settleParked(_ wanted: ParkedAction? = nil) {
        let action = wanted ?? (Bool.random(using: &generator) ? .release : .drop)
        let parked = model.messages.indices.compactMap { index -> (number: UInt64, index: Int)? in
            guard case .parked(let number) = model.messages[index].state else { return nil }
            return (number, index)
        }
        let some = wanted == nil ? parked.filter { _ in Bool.random(using: &generator) } : []
        var numbers = NumberRanges()
        for (number, _) in some { numbers.insert(number...number) }
        // No numbers at all mean all of them.
        let chosen = some.isEmpty ? parked : some
        reader.sweepParked()
        bench.finish(reader)
        let result = reader.queue.settleParked(numbers.ranges, action, now: bench.now)
        bench.finish(reader)
        #expect(result == .success(chosen.count))
        for (_, index) in chosen { settled(index, action) }
    }

    private mutating func settled(_ index: Int, _ action: ParkedAction) {
        model.messages[index].state = action == .drop ? .done : .returned(due: bench.now)
        model.messages[index].cause = .released
    }

    private mutating func replace(_ owner: Int) {
        reader.detach(owners[owner], now: bench.now, wakes: &bench.wakes)
        for (_, index) in model.inFlight(at: owner) {
            model.giveBack(
                index, .connectionEnded, "", delay: 0, attempts: UInt32(rules.attempts), now: bench.now)
        }
        check()
        attach()
        owners.swapAt(owner, owners.count - 1)
        owners.removeLast()
    }

    // MARK: What holds at every step

    private mutating func check() {
        reader.queue.releaseCommitted(wakes: &bench.wakes)
        bench.deliverWakes()
        for topic in topics { noteLost(topic) }
        let lag = reader.lag(now: bench.now)
        #expect(lag.pending == model.pending)
        #expect(lag.inFlight == model.inFlight)
        #expect(lag.returned == model.returned)
        #expect(lag.parked == model.parked)
        #expect(lag.messages == model.pending + model.inFlight + model.returned)
        #expect(lag.untoldGaps == UInt64(untold.count))
        for (index, owner) in owners.enumerated() {
            #expect(owner.attachment.inFlightCount == model.inFlight(at: index).count)
        }
        for topic in topics { checkHold(topic) }
    }

    /// A queue holds the earliest message that it is not done with, and loses only what its topic's limit takes. A hold that
    /// the limit has raised may be at a message that is done, until the queue moves it on; it is within the limit then.
    private func checkHold(_ topic: Topic) {
        let (lowest, head, dropped) = topic.locked { ($0.holds.lowest, $0.log.headSequence, $0.counters.dropped) }
        let mine = model.messages.filter { $0.topic == topic.id }
        #expect(mine.count { $0.state == .lost } <= Int(dropped), "\(dump(topic))")
        guard dropped == 0 else {
            #expect(topic.locked { $0.countedBytes <= $0.settings.limit } || lowest >= head, "\(dump(topic))")
            return
        }
        let needed = mine.first { $0.state != .done }
        #expect(lowest >= needed?.sequence ?? 0, "\(dump(topic))")
        if untold.isEmpty { #expect(lowest == needed?.sequence ?? (head + 1)) }
    }

    private func dump(_ topic: Topic) -> String {
        let cursor = reader.queue.cursors[reader.queue.cursors.slot(of: topic.id)!]!
        let mine = model.messages.filter { $0.topic == topic.id }.suffix(25).map { "\($0.sequence):\($0.state)" }
        return """
            holes \(reader.queue.hasHoles) position \(cursor.position) in flight \(cursor.inFlight) committed \(cursor.committedSequence) \
            outstanding \(String(describing: cursor.outstanding.map { ($0.inFlight.ranges, $0.returned.ranges, $0.parked.ranges) })) \
            seat \(topic.locked { $0.holds.needed(cursor.seat) }) \(mine)
            """
    }

    /// What the queue does not hold any more is lost, unless a connection has it.
    private mutating func noteLost(_ topic: Topic) {
        let floor = topic.locked { $0.holds.lowest }
        for index in model.messages.indices
        where model.messages[index].topic == topic.id && model.messages[index].sequence < floor {
            switch model.messages[index].state {
            case .pending, .returned, .parked:
                model.messages[index].state = .lost
                untold.insert("\(topic.id)/\(model.messages[index].sequence)")
            case .inFlight, .done, .lost: break
            }
        }
    }
}
