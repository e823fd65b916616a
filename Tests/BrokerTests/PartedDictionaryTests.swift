import Testing

@testable import ZaichikBroker

@Suite("A dictionary in parts")
struct PartedDictionaryTests {
    @Test("it has what a dictionary has, while it grows into parts and is emptied again")
    func likeADictionary() {
        var source = SeededGenerator(seed: 5)
        var parted = PartedDictionary<String, Int>()
        var model: [String: Int] = [:]
        for turn in 0..<20_000 {
            // It grows to 4,000 entries, and shrinks to none.
            let isGrowing = turn < 12_000
            let key = "\(source.next() % 4000)"
            switch source.next() % 4 {
            case 0 where isGrowing, 1 where isGrowing:
                parted[key] = turn
                model[key] = turn
            case 2 where isGrowing:
                parted[key, default: 7] += 1
                model[key, default: 7] += 1
            default: #expect(parted.removeValue(forKey: key) == model.removeValue(forKey: key))
            }
            #expect(parted[key] == model[key])
        }
        #expect(parted.count == model.count && parted.isEmpty == model.isEmpty)
        for key in model.keys { parted[key] = nil }
        #expect(parted.isEmpty && parted.count == 0)
    }

    @Test("a copy is a value of its own")
    func copies() {
        for count in [10, 3000] {
            var first = PartedDictionary<Int, Int>()
            for key in 0..<count { first[key] = key }
            var second = first
            second[0] = nil
            second[1, default: 0] += 5
            #expect(first[0] == 0 && first[1] == 1 && second[0] == nil && second[1] == 6)
        }
    }

    @Test("it takes one word")
    func size() { #expect(MemoryLayout<PartedDictionary<String, Int>>.size <= 9) }
}
