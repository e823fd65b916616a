import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A queue shared by key")
struct SharedByKeyTests {
    @Test("a message whose key is busy elsewhere waits, others do not wait for it, and it is pending meanwhile")
    func busyKey() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 1)
        bench.readers[client].setRules(QueueRules(mode: .sharedByKey))
        try bench.subscribe(client, "a")
        let first = bench.owners[client]
        let second = BenchOwner(window: 10, budget: bench.registry.budget)
        bench.readers[client].attach(second)
        bench.publish(a, ["1"], key: "k")
        bench.publish(a, ["2"], key: "k")
        bench.publish(a, ["3"], key: "l")
        bench.publish(a, ["4"])
        #expect(bench.take(client, as: first) == ["1"])
        #expect(bench.take(client, as: second) == ["3", "4"])
        let lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.pending, lag.inFlight, lag.returned) == (1, 3, 0))
        #expect(bench.readers[client].queue.commit(1, of: &first.attachment))
        #expect(bench.take(client, as: second) == ["2"])
    }

    @Test("what waits for its key comes once when the queue is moved back before it")
    func movedBack() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 1)
        bench.readers[client].setRules(QueueRules(mode: .sharedByKey))
        try bench.subscribe(client, "a")
        let first = bench.owners[client]
        let second = BenchOwner(window: 10, budget: bench.registry.budget)
        bench.readers[client].attach(second)
        bench.publish(a, ["1"], key: "k")
        bench.publish(a, ["2"], key: "k")
        #expect(bench.take(client, as: first) == ["1"])
        #expect(bench.take(client, as: second) == [])
        #expect(bench.seek(client, "a", to: .sequence(2)) == 1)
        let lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.pending, lag.inFlight) == (1, 1))
        #expect(bench.readers[client].queue.commit(1, of: &first.attachment))
        #expect(bench.take(client, as: second) == ["2"])
        #expect(bench.readers[client].queue.commit(1, of: &second.attachment))
        bench.releaseCommitted(client)
        #expect(bench.take(client, as: second) == [])
        #expect(bench.readers[client].lag(now: bench.now) == QueueLag())
    }

    @Test("a message that becomes too old while it waits to come again, or for its key, holds up no other of its key")
    func outlived() throws {
        for returns in [true, false] {
            var bench = QueueBench()
            let a = try bench.topic("a")
            let client = bench.client(window: 10)
            bench.readers[client].setRules(QueueRules(mode: .sharedByKey))
            try bench.subscribe(client, "a")
            let first = bench.owners[client]
            let second = BenchOwner(window: 10, budget: bench.registry.budget)
            bench.readers[client].attach(second)
            let short = MessageTimes(expireAfter: 1000)
            if returns {
                bench.publish(a, ["1"], key: "k", asking: short, headers: ["$expire-after": "1000"])
                #expect(bench.take(client, as: first).count == 1)
                #expect(bench.settle(client, [1...1], .giveBack(after: 0, reason: "")) == .done(1))
            } else {
                bench.publish(a, ["0"], key: "k")
                #expect(bench.take(client, as: first) == ["0"])
                bench.publish(a, ["1"], key: "k", asking: short, headers: ["$expire-after": "1000"])
                #expect(bench.take(client, as: second) == [])
                #expect(bench.readers[client].queue.commit(1, of: &first.attachment))
            }
            bench.now += 2_000_000
            #expect(bench.take(client, as: first) == [])
            bench.publish(a, ["2"], key: "k")
            #expect(bench.take(client, as: second) == ["2"])
            #expect(bench.readers[client].queue.commit(1, of: &second.attachment))
            bench.releaseCommitted(client)
            #expect(bench.readers[client].lag(now: bench.now) == QueueLag())
        }
    }

    @Test(
        "messages of one key are at one connection at a time, whatever is committed and returned",
        arguments: UInt64(1)...40)
    func random(seed: UInt64) throws {
        var history = try KeyedHistory(seed: seed)
        for step in 0..<400 { history.step(step) }
        history.end()
    }
}

/// What three connections do at random with a queue that they share by key.
private struct KeyedHistory {
    var generator: SeededGenerator
    var bench: QueueBench
    let topics: [Topic]
    let client: Int
    var owners: [BenchOwner] = []
    var published = 0
    var done = 0
    /// The messages in flight of each owner, in the order of their numbers; a message is its key and its number.
    var inFlight: [[(number: UInt64, text: String)]] = [[], [], []]
    /// The newest message of each key that was begun.
    var begun: [String: Int] = [:]
    var returned: Set<String> = []

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        var bench = QueueBench()
        topics = try ["a", "b"].map { name in try bench.topic(name) { $0.historyBytes = 0 } }
        client = bench.client(window: 5)
        self.bench = bench
        let reader = reader
        reader.setRules(QueueRules(mode: .sharedByKey))
        for topic in topics { try self.bench.subscribe(client, topic.name.string) }
        owners = [bench.owners[client]]
        while owners.count < 3 {
            owners.append(BenchOwner(window: .random(in: 1...6, using: &generator), budget: bench.registry.budget))
            reader.attach(owners.last!)
        }
    }

    var reader: Reader { bench.readers[client] }

    mutating func step(_ step: Int) {
        let owner = Int.random(in: 0..<3, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1: publish()
        case 2, 3: take(owner)
        case 4: giveBack(owner)
        default: commit(owner, inFlight[owner].first?.number ?? 0)
        }
        let lag = reader.lag(now: bench.now)
        #expect(lag.inFlight == UInt64(inFlight.reduce(0) { $0 + $1.count }))
        #expect(lag.messages == UInt64(published - done), "step \(step)")
    }

    private mutating func publish() {
        let key = ["x", "y", "z"].randomElement(using: &generator)!
        let topic = topics.randomElement(using: &generator)!
        bench.publish(topic, ["\(topic.name)\(key)\(published)"], key: key)
        published += 1
    }

    private mutating func take(_ owner: Int) {
        let before = owners[owner].attachment.delivered
        for (place, text) in bench.take(client, as: owners[owner]).enumerated() {
            let (key, number) = (text.prefix(2), Int(text.dropFirst(2))!)
            for other in inFlight.indices where other != owner {
                #expect(!inFlight[other].contains { $0.text.prefix(2) == key }, "\(key) is at two connections")
            }
            // Those of a key begin in their order, but for what was returned with a delay.
            let newest = begun[String(key)] ?? -1
            #expect(number > newest || returned.contains(text), "\(text) came after \(newest)")
            begun[String(key)] = max(number, newest)
            inFlight[owner].append((before + UInt64(place) + 1, text))
        }
    }

    private mutating func giveBack(_ owner: Int) {
        guard let some = inFlight[owner].randomElement(using: &generator) else { return }
        let settled = reader.queue.settle(
            [some.number...some.number], .giveBack(after: 0, reason: ""), of: &owners[owner].attachment, now: bench.now)
        #expect(settled == .done(1))
        inFlight[owner].removeAll { $0.number == some.number }
        returned.insert(some.text)
    }

    private mutating func commit(_ owner: Int, _ number: UInt64) {
        #expect(reader.queue.commit(number, of: &owners[owner].attachment))
        done += inFlight[owner].count { $0.number <= number }
        inFlight[owner].removeAll { $0.number <= number }
    }

    /// In the end everything is delivered and done.
    mutating func end() {
        for _ in 0..<1000 where done < published {
            bench.now += 2_000_000
            for owner in 0..<3 {
                take(owner)
                commit(owner, owners[owner].attachment.delivered)
            }
        }
        #expect(done == published)
        #expect(reader.lag(now: bench.now) == QueueLag())
    }
}
