import Testing
import ZaichikProtocol

@Suite("Values of sessions and messages")
struct SessionValueTests {
    @Test("the defaults: exclusive, a day without a connection, no deadline, no limits, skip")
    func defaults() {
        let values = SessionSettings.Tag.allCases.map { SessionSettings()[$0] }
        #expect(values == [0, 86_400_000, 0, 0, 0, 0, 0])
    }

    @Test("a change sets what it names and leaves the rest", arguments: SessionSettings.Tag.allCases)
    func applied(tag: SessionSettings.Tag) {
        var change = SessionSettingsChange()
        let value: UInt64 = tag == .commitDeadline ? 100 : 1
        change[tag] = value
        let before = SessionSettings()
        let after = change.applied(to: before)
        for other in SessionSettings.Tag.allCases {
            #expect(after[other] == (other == tag ? value : before[other]))
        }
    }

    @Test(
        "a value that a setting cannot have is not taken",
        arguments: [
            (SessionSettings.Tag.mode, UInt64(3)), (.mode, 256), (.commitDeadline, 1), (.commitDeadline, 99),
            (.lagOverflow, 2), (.lagOverflow, .max),
        ])
    func badValue(tag: SessionSettings.Tag, value: UInt64) {
        var settings = SessionSettings()
        let taken = settings.set(tag, to: value)
        #expect(!taken && settings == SessionSettings())
    }

    @Test("a name of 1 to 255 bytes without control characters is one, whatever levels it seems to have")
    func names() throws {
        for text in ["a", "a..b", "*", ">", "worker 7", "Зайцы", String(repeating: "z", count: 255)] {
            #expect(try SessionName(text).string == text)
        }
        #expect(throws: SessionNameError.empty) { try SessionName("") }
        #expect(throws: SessionNameError.tooLong(bytes: 256)) { try SessionName(String(repeating: "z", count: 256)) }
        for text in ["a\n", "\u{7F}", "\u{85}b"] {
            #expect(throws: SessionNameError.controlCharacter) { try SessionName(text) }
        }
    }

    @Test("names of sessions are their bytes: a letter in one piece and in two are two names")
    func bytesDecide() throws {
        #expect(try Set([SessionName("caf\u{E9}"), SessionName("cafe\u{301}")]).count == 2)
    }

    @Test(
        "a header's value is 1 to 20 digits, within what the header can have",
        arguments: [
            ("1", 1, 1), ("0", nil, 0), ("00000000000000000007", 7, 7),
            ("315360000000", 315_360_000_000, 315_360_000_000),
            ("315360000001", nil, nil), ("", nil, nil), ("000000000000000000001", nil, nil), ("+1", nil, nil),
            (" 1", nil, nil), ("1.5", nil, nil), ("18446744073709551616", nil, nil), ("٣", nil, nil),
        ] as [(String, UInt64?, UInt64?)])
    func headers(text: String, expireAfter: UInt64?, delay: UInt64?) {
        #expect(MessageHeader.expireAfter.milliseconds(Array(text.utf8)) == expireAfter)
        #expect(MessageHeader.delay.milliseconds(Array(text.utf8)) == delay)
    }
}
