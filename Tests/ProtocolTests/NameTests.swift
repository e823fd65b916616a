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
        ])
    func matching(pattern: String, name: String, expected: Bool) throws {
        #expect(try TopicPattern(pattern).matches(TopicName(name)) == expected)
    }

    @Test("'>' is the last level of a pattern or an error")
    func tailIsLast() {
        #expect(throws: NameError.tailNotLast) { try TopicPattern("a.>.b") }
    }
}
