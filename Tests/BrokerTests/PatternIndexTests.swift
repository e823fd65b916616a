import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The index of patterns")
struct PatternIndexTests {
    @Test("finds exactly the readers whose pattern matches, for random patterns and names", arguments: 1...10)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let parts = ["a", "b", "c", "$zaichik"]
        var index = PatternIndex<Int>()
        var patterns: [Int: TopicPattern] = [:]
        for reader in 0..<200 {
            var levels = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                (parts + ["*"]).randomElement(using: &generator)!
            }
            if Bool.random(using: &generator) { levels.append(">") }
            let pattern = try TopicPattern(levels.joined(separator: "."))
            patterns[reader] = pattern
            index.insert(reader, pattern)
        }
        for reader in 0..<50 {
            index.remove(reader, patterns[reader]!)
            patterns[reader] = nil
        }
        for _ in 0..<200 {
            let levels = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                parts.randomElement(using: &generator)!
            }
            let name = try TopicName(levels.joined(separator: "."))
            let expected = Set(patterns.filter { $0.value.matches(name) }.keys)
            let found = index.readers(of: name)
            #expect(Set(found) == expected && found.count == expected.count, "\(name)")
        }
    }
}
