import Testing

@testable import ZaichikBroker

@Suite("A heap that grows in parts")
struct StableHeapTests {
    @Test("it gives back what was put in, the smallest first")
    func order() {
        var random = SeededGenerator(seed: 7)
        var heap = StableHeap<UInt64>()
        var expected: [UInt64] = []
        for round in 0..<20 {
            for _ in 0..<Int.random(in: 0...400, using: &random) {
                let value = UInt64.random(in: 0...1000, using: &random)
                heap.insert(value)
                expected.append(value)
            }
            expected.sort(by: >)
            let most = round == 19 ? expected.count : Int.random(in: 0...300, using: &random)
            for _ in 0..<min(most, expected.count) {
                #expect(heap.min == expected.last)
                let smallest = heap.removeMin()
                #expect(smallest == expected.removeLast())
            }
            #expect(heap.count == expected.count)
        }
        #expect(heap.min == nil && heap.memory == 0)
    }
}
