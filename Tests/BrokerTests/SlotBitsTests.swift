import Testing

@testable import ZaichikBroker

@Suite("A set of slots")
struct SlotBitsTests {
    @Test("it has what was inserted and not removed since, in any range")
    func likeASet() {
        var source = SeededGenerator(seed: 11)
        var bits = SlotBits()
        var model: Set<Int> = []
        for _ in 0..<2000 {
            let slot = Int(source.next() % 200)
            if source.next() % 3 > 0 {
                bits.insert(slot)
                model.insert(slot)
            } else {
                bits.remove(slot)
                model.remove(slot)
            }
            let start = Int(source.next() % 220)
            let range = start..<start + Int(source.next() % 90)
            #expect(bits.first(in: range) == model.filter(range.contains).min())
        }
    }

    @Test("a slot that was never inserted can be removed")
    func removed() {
        var bits = SlotBits()
        bits.remove(3)
        bits.remove(5000)
        #expect(bits.first(in: 0..<10_000) == nil)
    }
}
