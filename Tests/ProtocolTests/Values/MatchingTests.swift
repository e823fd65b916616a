import Testing
import ZaichikProtocol

@Suite("Matching by bytes")
struct MatchingTests {
    /// What matching means, level by level: docs/PROTOCOL.md, "Names".
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        let levels = split(pattern)
        let parts = split(name)
        if parts[0] == Array("$zaichik".utf8), levels[0] == [0x2A] || levels[0] == [0x3E] { return false }
        for (index, level) in levels.enumerated() {
            guard index < parts.count else { return false }
            if level == [0x3E] { return true }
            if level != [0x2A], level != parts[index] { return false }
        }
        return parts.count == levels.count
    }

    private static func split(_ text: String) -> [[UInt8]] {
        text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).map(Array.init)
    }

    @Test("says what matching level by level says, for random names and patterns", arguments: 1...20)
    func random(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        let parts = [
            "a", "b", "ab", "a*", "*a", ">a", "**", "$zaichik", "$zaichi", "$zaichiks", "я", "яя", "\u{301}b", "é",
            "e\u{301}", "🐇",
            "a-level-of-many-bytes",
        ]
        func text(_ more: [String], tail: Bool) -> String {
            var levels = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                (parts.prefix(Bool.random(using: &generator) ? 4 : parts.count) + more).randomElement(
                    using: &generator)!
            }
            if tail, Bool.random(using: &generator) { levels.append(">") }
            return levels.joined(separator: ".")
        }
        var matching = 0
        let names = (0..<100).map { _ in text([], tail: false) } + ["$zaichik", "$zaichik.a", "$zaichiks.a", "a"]
        let patterns =
            (0..<100).map { _ in text(["*", "*", "*"], tail: true) } + [">", "*", "*.*", "$zaichik.>"] + names
        let checked = try names.map { try TopicName($0) }
        var list = NameList()
        for name in checked { list.append(name) }
        for text in patterns {
            let pattern = try TopicPattern(text)
            let expected = names.indices.filter { Self.matches(text, names[$0]) }
            #expect(checked.indices.filter { pattern.matches(checked[$0]) } == expected, "\(text)")
            #expect(list.places(matching: pattern) == expected, "\(text)")
            matching += expected.count
        }
        #expect(matching > 200)
    }

    @Test("a list of names is gone through once, in parts of any size")
    func visits() throws {
        let names = (0..<50).map { "name\(String(repeating: "x", count: $0))" }
        var list = NameList()
        for name in names { list.append(try TopicName(name)) }
        for part in [1, 7, 50, 99] {
            var (position, isAtEnd, seen): (NameList.Position, Bool, [String]) = (.init(), false, [])
            while !isAtEnd {
                var left = part
                isAtEnd = list.visit(from: &position) { place, name in
                    #expect(place == seen.count)
                    seen.append(String(decoding: name.indices.map { name[$0] }, as: UTF8.self))
                    left -= 1
                    return left > 0
                }
            }
            #expect(seen == names)
        }
        var start = NameList.Position()
        #expect(NameList().visit(from: &start) { _, _ in true })
    }

    @Test("the levels of a pattern are literals, any and tail")
    func levels() throws {
        #expect(try TopicPattern("a.*.b*.>").levels == [.literal("a"), .any, .literal("b*"), .tail])
    }
}
