import Testing

@testable import ZaichikBroker

@Suite("The rows of a list, in parts")
struct RowPartsTests {
    /// Counts how many of it there are.
    private final class Counted {
        let number: Int
        private let count: Count
        final class Count { var value = 0 }

        init(_ number: Int, _ count: Count) {
            self.number = number
            self.count = count
            count.value += 1
        }

        deinit { count.value -= 1 }
    }

    @Test(
        "rows that were sent are given back a part at a time, and the others stay where they are",
        arguments: [0, 1, 255, 256, 257, 10_000])
    func givenBack(size: Int) {
        let count = Counted.Count()
        var rows = RowParts((0..<size).map { Counted($0, count) })
        #expect(rows.count == size)
        #expect(rows.map(\.number) == Array(0..<size))
        var before = count.value
        for end in stride(from: 0, through: size, by: 100) {
            rows.giveBack(before: end)
            #expect(before - count.value <= 256)
            #expect(count.value >= size - end && count.value < size - end + 256)
            #expect(rows[end...].map(\.number) == Array(end..<size))
            before = count.value
        }
    }
}
