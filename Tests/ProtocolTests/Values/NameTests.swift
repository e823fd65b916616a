import Testing
import ZaichikProtocol

@Suite("Topic names and patterns")
struct NameTests {
    @Test("a name that follows the rules is kept as it is", arguments: ["a", "orders.eu", "Зайцы", "🐇.b", "a*b.c>d"])
    func validNames(text: String) throws {
        #expect(try TopicName(text).string == text)
    }

    @Test(
        "a name that breaks a rule says which",
        arguments: [
            ("", NameError.empty), ("a..b", .emptyLevel), (".a", .emptyLevel), ("a.", .emptyLevel),
            ("a\u{7}", .controlCharacter),
            ("a\u{85}", .controlCharacter), ("*", .wildcard), ("a.>", .wildcard),
            (String(repeating: "я", count: 128), .tooLong(bytes: 256)),
        ])
    func invalidNames(text: String, error: NameError) {
        #expect(throws: error) { try TopicName(text) }
    }

    @Test(
        "a pattern matches what its wildcards stand for",
        arguments: [
            ("orders.*", "orders.eu", true), ("orders.*", "orders", false), ("orders.*", "orders.eu.de", false),
            ("orders.>", "orders.eu.de", true), ("orders.>", "orders", false), (">", "a", true), (">", "a.b.c", true),
            ("*.b", "a.b", true), ("*.b", "a.c", false), (">", "$zaichik.events", false),
            ("*.events", "$zaichik.events", false),
            ("$zaichik.>", "$zaichik.events", true), ("a.b", "a.b", true), ("a.b", "a.b.c", false),
            ("a.b.c", "a.b", false), ("*.*", "a.b", true), ("*.*", "a", false), ("*.>", "a", false),
            ("*.>", "a.b.c", true), ("a*", "ab", false), ("a*", "a*", true), ("a.*.c", "a.b.c", true),
            ("a.*.c", "a.b.d", false), ("Зайцы.*", "Зайцы.белые", true), (">", "$zaichikov", true),
            ("*", "$zaichik", false), ("$zaichik.*", "$zaichik.events", true), ("a.>", "A.b", false),
        ])
    func matching(pattern: String, name: String, expected: Bool) throws {
        #expect(try TopicPattern(pattern).matches(TopicName(name)) == expected)
    }

    @Test("'>' is the last level of a pattern or an error")
    func tailIsLast() {
        #expect(throws: NameError.tailNotLast) { try TopicPattern("a.>.b") }
    }

    @Test(
        "a pattern that breaks a rule says which",
        arguments: [
            ("", NameError.empty), ("a..*", .emptyLevel), ("a.>.>", .tailNotLast), (">.a", .tailNotLast),
            ("a\n", .controlCharacter), (String(repeating: "z", count: 256), .tooLong(bytes: 256)),
        ])
    func invalidPatterns(text: String, error: NameError) {
        #expect(throws: error) { try TopicPattern(text) }
    }

    @Test("a name of 255 bytes is the longest", arguments: ["z", "я"])
    func longest(letter: Character) throws {
        let text = String(repeating: letter, count: 255 / letter.utf8.count)
        #expect(try TopicName(text).string == text)
    }

    @Test("every control character is refused", arguments: Array(0...0x1F) + Array(0x7F...0x9F))
    func controlCharacters(value: UInt32) throws {
        let character = try #require(Unicode.Scalar(value))
        #expect(throws: NameError.controlCharacter) { try TopicName("a\(Character(character))b") }
    }

    @Test(
        "a pattern without a wildcard has a name, one with a wildcard has none",
        arguments: [
            ("a.b", true), ("a*", true), ("a.*", false), (">", false),
        ])
    func nameOfPattern(text: String, isName: Bool) throws {
        #expect(try TopicPattern(text).name?.string == (isName ? text : nil))
    }

    @Test(
        "the broker's own names are those of its level",
        arguments: [
            ("$zaichik", true), ("$zaichik.events", true), ("$zaichikov", false), ("a.$zaichik", false),
            ("$Zaichik.a", false),
        ])
    func reserved(text: String, expected: Bool) throws {
        #expect(try TopicName(text).isReserved == expected)
    }

    @Test("names are their bytes: a letter in one piece and in two are two names")
    func bytesDecide() throws {
        let composed = try TopicName("caf\u{E9}")
        let decomposed = try TopicName("cafe\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(try TopicPattern(composed.string) != TopicPattern(decomposed.string))
        #expect(try !TopicPattern("\(composed.string).*").matches(TopicName("\(decomposed.string).a")))
    }

    @Test("every dot ends a level, whatever mark follows it")
    func dotsAreBytes() throws {
        let name = try TopicName("a.\u{301}b")
        #expect(name.levels.count == 2)
        #expect(try TopicPattern("a.*").matches(name))
        #expect(throws: NameError.emptyLevel) { try TopicName("a..\u{301}b") }
    }
}
