import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The cursors of a queue")
struct CursorTableTests {
    let budget = MemoryBudget(limit: 1 << 30)

    private func cursor(of id: UInt32) throws -> Cursor {
        let topic = Topic(id: id, name: try TopicName("t.\(id)"), settings: TopicSettings(), budget: budget)
        return Cursor(topic: topic, position: LogPosition(segment: 0, offset: 0, sequence: 1), seat: 0)
    }

    @Test("each is found by its slot and by its topic, for random steps with few and with many", arguments: [6, 5000])
    func random(most: Int) throws {
        var generator = SeededGenerator(seed: UInt64(most))
        var table = CursorTable()
        var model: [UInt32: Int] = [:]
        var next: UInt32 = .max - 3000
        for _ in 0..<3 * most {
            if model.isEmpty || model.count < most && Int.random(in: 0..<4, using: &generator) > 0 {
                next &+= 1
                let expected = table.nextSlot
                #expect(table.insert(try cursor(of: next)) == expected)
                model[next] = expected
            } else if let (id, slot) = model.randomElement(using: &generator) {
                table.remove(slot)
                model[id] = nil
                #expect(table.slot(of: id) == nil)
            }
            #expect(table.count == model.count)
        }
        for (id, slot) in model {
            #expect(table.slot(of: id) == slot)
            #expect(table[slot]?.topic.id == id)
            let serial = try #require(table[slot]?.serial)
            #expect(table.isReading(UInt32(slot), serial: serial))
            #expect(!table.isReading(UInt32(slot), serial: serial &+ 1))
        }
        #expect(!table.isReading(UInt32(table.slots.upperBound), serial: 1))
        #expect(table.slots.count { table[$0] != nil } == model.count)
        for slot in model.values { table.remove(slot) }
        #expect(table.slots.isEmpty && table.nextSlot == 0)
    }

    @Test("memory of many is given back with the last one there, and taken anew; the slots stay, and are used again")
    func emptied() throws {
        var table = CursorTable()
        for id in 1...5000 as ClosedRange<UInt32> { table.insert(try cursor(of: id)) }
        for slot in 1024..<4096 { table.remove(slot) }
        #expect(table.slots == 0..<5000)
        #expect(table.slots.count { table[$0] != nil } == table.count)
        #expect(table.slot(of: 2000) == nil && !table.isReading(1999, serial: 2000))
        for id in 6001...9072 as ClosedRange<UInt32> {
            let slot = table.nextSlot
            #expect((1024..<4096).contains(slot))
            #expect(table.insert(try cursor(of: id)) == slot)
            #expect(table[slot]?.topic.id == id)
        }
        #expect(table.slots == 0..<5000 && table.nextSlot == 5000)
        #expect(table.slots.allSatisfy { table[$0] != nil })
    }
}
