import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Filters of lists")
struct RowFilterTests {
    private func matches(_ filter: String, _ name: String) -> Bool {
        var budget = StepBudget()
        return RowFilter(filter).matches(name, &budget)
    }

    @Test(
        "a filter matches where the text stands in the name, upper and lower case alike",
        arguments: [
            ("", "orders", true), ("", "", true), ("orders", "orders", true), ("ORD", "orders.eu", true),
            ("ord", "ORDERS.EU", true), (".eu", "orders.eu", true), ("us", "orders.eu", false),
            ("orders.eu.x", "orders.eu", false), ("x", "", false), ("[", "{", false), ("@", "`", false),
            ("ЗАЙЦЫ", "лес.зайцы", true), ("зай", "ЛЕС.ЗАЙЦЫ", true), ("é", "CAFÉ", true), ("caf", "CAFÉ", true),
            ("straße", "STRASSE", false), ("🐇", "a🐇b", true), ("🐈", "a🐇b", false), ("k", "\u{212A}elvin", true),
        ])
    func semantics(filter: String, name: String, expected: Bool) {
        #expect(matches(filter, name) == expected)
    }

    @Test("a filter matches a text of ASCII exactly where lowercased() of both says so")
    func model() {
        var random = SeededGenerator(seed: 7)
        let letters = Array("abAB.")
        func text(_ longest: Int) -> String {
            String(
                (0..<Int(random.next() % UInt64(longest + 1))).map { _ in
                    letters[Int(random.next() % UInt64(letters.count))]
                })
        }
        for _ in 0..<5000 {
            let (filter, name) = (text(5), text(14))
            #expect(matches(filter, name) == name.lowercased().contains(filter.lowercased()), "\(filter) in \(name)")
        }
    }

    @Test("the cost of a filter grows with the name alone, however repetitive both are")
    func cost() {
        let name = String(repeating: "a", count: 255)
        for filter in ["b", "ab", String(repeating: "a", count: 127) + "b", name + "b"] {
            var budget = StepBudget()
            let whole = budget.left
            #expect(!RowFilter(filter).matches(name, &budget))
            #expect(whole - budget.left == 255 + StepBudget.name)
        }
    }
}
