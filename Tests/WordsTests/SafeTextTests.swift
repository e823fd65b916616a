import Testing
import ZaichikWords

@Suite struct SafeTextTests {
    @Test(
        "what a terminal would obey is spelled out, and nothing else is touched",
        arguments: [
            ("plain заяц 🐇", "plain заяц 🐇"), ("\u{1B}[2J", "␛[2J"), ("a\rb\n\tc", "a␍b␊␉c"), ("\u{7F}", "␡"),
            ("\u{9B}31m", "⟨U+009B⟩31m"), ("\u{202E}x", "⟨U+202E⟩x"), ("\u{206A}", "⟨U+206A⟩"),
            ("兎\u{E0100}", "兎⟨U+E0100⟩"), ("a\u{200B}b", "a⟨U+200B⟩b"),
        ])
    func escaped(text: String, shown: String) {
        #expect(SafeText.escaped(text) == shown)
    }

    @Test("lines stay where lines are wanted")
    func lines() {
        #expect(SafeText.escaped("a\n\tb\r\u{7}", keepsLines: true) == "a\n\tb␍␇")
    }

    @Test("a joiner stays between what it joins, and is spelled out where it joins nothing")
    func joiners() {
        #expect(SafeText.escaped("👩\u{200D}🚀") == "👩\u{200D}🚀")
        #expect(SafeText.escaped("\u{200D}a") == "⟨U+200D⟩a")
        #expect(SafeText.escaped("a\u{200D}b") == "a⟨U+200D⟩b")
        #expect(SafeText.escaped("👩\u{200D}x") == "👩⟨U+200D⟩x")
        #expect(SafeText.escaped("👩\u{200C}🚀") == "👩⟨U+200C⟩🚀")
    }

    @Test(
        "writing with joiners is kept: Persian, Hindi, families, skin tones, flags, presentations",
        arguments: [
            "می\u{200C}خواهم", "نامه\u{200C}ای", "क्\u{200D}ष", "क\u{94D}\u{200C}ष", "👨\u{200D}👩\u{200D}👧\u{200D}👦",
            "👩🏽\u{200D}🚀", "🏳\u{FE0F}\u{200D}🌈", "❤\u{FE0F}\u{200D}🔥", "👍🏽", "1\u{FE0F}\u{20E3}", "☎\u{FE0E}", "🇩🇪",
        ])
    func joinedWriting(text: String) {
        #expect(SafeText.escaped(text) == text)
        #expect(Glyphs(text).map(\.text).joined() == text)
    }

    @Test("a stream and a cell show the same, whatever the text")
    func sameEverywhere() {
        let parts = [
            "a", " ", "1", "é", "e\u{301}", "東", "\u{1112}\u{1161}\u{11AB}", "👩", "🚀", "👍", "🏽", "\u{200D}", "\u{200C}",
            "\u{FE0F}",
            "\u{FE0E}", "م", "ی", "\u{94D}", "क", "\u{202E}", "\u{1B}", "\u{7F}", "\u{200B}", "🇩", "\u{20E3}",
        ]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                parts.randomElement(using: &generator)!
            }
            .joined()
            let drawn = Glyphs(text).map(\.text).joined().unicodeScalars.filter { $0 != "◌" }
            #expect(drawn.elementsEqual(SafeText.escaped(text).unicodeScalars), "\(text.unicodeScalars)")
        }
    }

    @Test("a control character and an invalid byte of the same value are told apart")
    func distinct() {
        #expect(SafeText.escaped(SafeText.text([0xC2, 0x9B])) == "⟨U+009B⟩")
        #expect(SafeText.escaped(SafeText.text([0x9B])) == "\\x9b")
    }

    @Test("whatever is harmful to a stream is spelled out in a cell, in the same way")
    func sameSpelling() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), SafeText.isHarmful(scalar) else { continue }
            #expect(Glyphs(String(scalar)).map(\.text).joined() == SafeText.escaped(String(scalar)))
        }
    }

    @Test(
        "bytes that are not UTF-8 are spelled, the others stay",
        arguments: [
            ([0x61, 0xFF, 0x62], "a\\xffb"), ([0xC3], "\\xc3"), ([0xE2, 0x82], "\\xe2\\x82"),
            ([0xD0, 0x96, 0x80], "Ж\\x80"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0xF0, 0x9F, 0x90, 0x87], "🐇"),
            ([], ""), ([0xC0, 0xAF], "\\xc0\\xaf"),
        ] as [([UInt8], String)])
    func invalidUTF8(bytes: [UInt8], expected: String) {
        #expect(SafeText.text(bytes) == expected)
    }
}
