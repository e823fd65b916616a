import Testing

@testable import ZaichikBroker

@Suite("A list by number")
struct NumberedListTests {
    @Test("it has what was appended and not removed, in order, for random steps", arguments: 1...20)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var list = NumberedList<Int>()
        var model: [(number: UInt32, element: Int)] = []
        for number in UInt32(1)...400 {
            if model.isEmpty || Bool.random(using: &generator) {
                list.append(Int(number) * 10, number: number)
                model.append((number, Int(number) * 10))
            } else {
                let removed = model.remove(at: Int.random(in: model.indices, using: &generator))
                list.remove(removed.number)
            }
            #expect(list.elements == model.map(\.element))
            #expect(Array(list.entries.map(\.number)) == model.map(\.number))
        }
    }

    @Test("a number that is not there, or not any more, is ignored")
    func unknown() {
        var list = NumberedList<String>()
        list.append("a", number: 3)
        list.append("b", number: 5)
        for number: UInt32 in [0, 3, 3, 4, 6] { list.remove(number) }
        #expect(list.elements == ["b"])
    }
}
