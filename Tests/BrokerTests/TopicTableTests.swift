import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The table of topics, of which some are removed")
struct TopicTableTests {
    private static let budget = MemoryBudget(limit: 1 << 30)

    private static func topic(_ id: UInt32) throws -> Topic {
        Topic(id: id, name: try TopicName("t.\(id)"), settings: TopicSettings(), budget: budget)
    }

    @Test(
        "whatever comes and goes, it has what is left, in the order of creation, by id, by name and by share",
        arguments: 1...6)
    func model(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var table = TopicTable(firstID: 1000)
        var alive: [UInt32] = []
        for round in 0..<40 {
            for _ in 0..<Int.random(in: 0...300, using: &generator) {
                let id = table.nextID
                table.append(try Self.topic(id))
                alive.append(id)
            }
            // In some rounds nearly all go, so that pages are compacted, joined and dropped.
            let copy = table
            let before = alive
            let keep = round % 7 == 6 ? 0.02 : Double.random(in: 0.5...1, using: &generator)
            alive.removeAll { id in
                guard Double.random(in: 0..<1, using: &generator) > keep else { return false }
                let wasThere = table.remove(id)
                #expect(wasThere)
                return true
            }
            #expect(copy.map(\.id) == before, "a copy is what there was")
            #expect(table.count == alive.count)
            #expect(table.map(\.id) == alive)
        }
        for id in UInt32(990)..<table.nextID + 5 {
            #expect(table[id]?.id == (alive.contains(id) ? id : nil))
        }
        var position = TopicTable.Position()
        var visited: [UInt32] = []
        var isAtEnd = false
        while !isAtEnd {
            isAtEnd = table.visitNames(from: &position) { id, name in
                visited.append(id)
                #expect(String(decoding: name.withUnsafeBufferPointer { Array($0) }, as: UTF8.self) == "t.\(id)")
                return visited.count % 7 != 0
            }
        }
        #expect(visited == alive)
        var search = TopicSearch(table, try TopicPattern("t.*"))
        var found: [UInt32] = []
        while !search.isDone { found += search.next(most: 10).map(\.id) }
        #expect(found == alive)
        var kept: [UInt32] = []
        for part in UInt32(0)..<6 {
            for page in 0..<table.pageCount {
                kept += table.topics(inPage: page, where: TopicShare(parts: 6, part: part)).map(\.id)
            }
        }
        #expect(kept.sorted() == alive)
    }

    @Test("topics that come and go for long leave a table of a few pages")
    func churn() throws {
        var table = TopicTable(firstID: 1)
        let lasting = try Self.topic(table.nextID)
        table.append(lasting)
        var generator = SeededGenerator(seed: 1)
        var alive: [UInt32] = []
        for _ in 0..<100_000 {
            let id = table.nextID
            table.append(try Self.topic(id))
            alive.append(id)
            if alive.count > 100 {
                let gone = alive.remove(at: Int.random(in: 0..<alive.count, using: &generator))
                _ = table.remove(gone)
            }
        }
        #expect(table.count == 101 && table[1] === lasting)
        #expect(table.pageCount <= 4)
    }

    @Test("names find what is left, in a table that does not grow with what comes and goes", arguments: 1...3)
    func names(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var table = TopicTable(firstID: 1)
        var names = TopicNames()
        var alive: [String: Topic] = [:]
        for _ in 0..<20_000 {
            let text = "t.\(Int.random(in: 0..<3000, using: &generator))"
            let name = try TopicName(text)
            #expect(names.topic(name, in: table) === alive[text])
            if let topic = alive[text] {
                _ = table.remove(topic.id)
                names.remove(topic)
                alive[text] = nil
            } else {
                let topic = Topic(id: table.nextID, name: name, settings: TopicSettings(), budget: Self.budget)
                table.append(topic)
                names.insert(topic)
                alive[text] = topic
            }
        }
        for number in 0..<3000 {
            #expect(names.topic(try TopicName("t.\(number)"), in: table) === alive["t.\(number)"])
        }
        #expect(names.memory <= 18 * 3000)
    }
}
