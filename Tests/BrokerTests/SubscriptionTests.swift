import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The subscriptions of a queue")
struct SubscriptionTests {
    @Test("they are told in the order in which they were made, names and patterns alike")
    func order() throws {
        var bench = QueueBench()
        let client = bench.client(window: 1)
        for text in ["b", "x.*", "a", "$zaichik.events", "x.y"] { try bench.subscribe(client, text) }
        #expect(bench.queue(client).subscribed(0..<1000) == ["b", "x.*", "a", "$zaichik.events", "x.y"])
        #expect(bench.queue(client).subscriptions.count == 5)
        try bench.unsubscribe(client, "x.*")
        try bench.unsubscribe(client, "b")
        try bench.subscribe(client, "x.*")
        #expect(bench.queue(client).subscribed(0..<1000) == ["a", "$zaichik.events", "x.y", "x.*"])
    }

    @Test("subscribing to the same again has no effect, whatever the start")
    func again() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 10)
        bench.publish(a, "old")
        try bench.subscribe(client, "a")
        try bench.subscribe(client, "a", from: .earliest)
        try bench.subscribe(client, "b.*")
        try bench.subscribe(client, "b.*")
        #expect(bench.payloads(client) == [])
        #expect(bench.queue(client).subscribed(0..<1000) == ["a", "b.*"])
        try bench.unsubscribe(client, "a")
        try bench.unsubscribe(client, "b.*")
        #expect(bench.queue(client).subscriptions.isEmpty)
    }

    @Test("ending a subscription that does not exist has no effect, even if a pattern matches its topic")
    func unknown() throws {
        var bench = QueueBench()
        let client = bench.client(window: 10)
        let topic = try bench.topic("a.b")
        try bench.subscribe(client, "a.*")
        try bench.unsubscribe(client, "a.b")
        try bench.unsubscribe(client, "a.>")
        bench.publish(topic, "1")
        #expect(bench.payloads(client) == ["1"])
        #expect(bench.queue(client).subscribed(0..<1000) == ["a.*"])
    }

    @Test("a topic is read as long as a name or a pattern matches it, for random steps", arguments: 1...20)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var bench = QueueBench()
        let texts =
            ["a", "b", "*", ">", "$zaichik"] + (0..<20).flatMap { ["t.\($0)", "t.\($0).*", "t.\($0).x"] } + ["t.*"]
        let names = texts.filter { !$0.contains("*") && !$0.contains(">") }
        let topics = try names.map {
            try bench.create(try TopicName($0), isBroker: true)
        }
        let client = bench.client(window: 1000)
        var model: [String] = []
        for step in 0..<300 {
            let text = texts.randomElement(using: &generator)!
            if Bool.random(using: &generator) || step < 30 {
                if !model.contains(text) { model.append(text) }
                try bench.subscribe(client, text)
            } else {
                model.removeAll { $0 == text }
                try bench.unsubscribe(client, text)
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                bench.publish(topics.randomElement(using: &generator)!, "\(step)")
                _ = bench.take(client)
                let attachment = bench.attachment(client)
                _ = bench.commit(
                    client, UInt64.random(in: attachment.committed...attachment.delivered, using: &generator))
            }
            let patterns = try model.map { try TopicPattern($0) }
            #expect(bench.queue(client).subscribed(0..<1000) == model)
            for topic in topics {
                let isRead = patterns.contains { $0.matches(topic.name) }
                #expect(bench.queue(client).reads(topic.id) == isRead, "\(topic.name) after step \(step)")
                #expect(topic.locked { $0.holds.count } == (isRead ? 1 : 0))
            }
        }
    }

    @Test("a client of many topics finds each of them, and releases all of them")
    func many() throws {
        var bench = QueueBench()
        let client = bench.client(window: 10)
        let topics = try (0..<100).map { try bench.topic("m.\($0)") }
        for topic in topics { try bench.subscribe(client, topic.name.string) }
        #expect(bench.queue(client).counters.topics == 100)
        for topic in topics.dropFirst(2) { try bench.unsubscribe(client, topic.name.string) }
        #expect(bench.queue(client).subscribed(0..<1000) == ["m.0", "m.1"])
        bench.publish(topics[1], "1")
        bench.publish(topics[50], "none")
        #expect(bench.payloads(client) == ["1"])
        try bench.subscribe(client, "m.50", from: .earliest)
        #expect(bench.payloads(client) == ["none"])
        for name in ["m.0", "m.1", "m.50"] { try bench.unsubscribe(client, name) }
        #expect(topics.allSatisfy { $0.locked { $0.holds.count == 0 && $0.holds.isWaitingEmpty } })
    }
}
