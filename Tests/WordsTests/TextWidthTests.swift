import CNcurses
import Testing
import ZaichikWords

@Suite struct TextWidthTests {
    @Test(
        "scalars in use have the width that the C library gives them",
        arguments: [
            0x20...0x7E, 0xA0...0x2FF, 0x300...0x36F, 0x370...0x52F, 0x5D0...0x5EA, 0x1100...0x11FF, 0x2000...0x200A,
            0x2010...0x2027, 0x2030...0x205E, 0x20A0...0x20BF, 0x2190...0x23FF, 0x2500...0x27BF, 0x2E80...0x2FD5,
            0x3000...0x303E, 0x3041...0x3096, 0x30A0...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFA6D,
            0xFF01...0xFF60, 0x1F300...0x1F64F, 0x1F680...0x1F6D7, 0x1F900...0x1F9FF, 0x20000...0x2A6DF,
        ] as [ClosedRange<UInt32>])
    func widthsInUse(range: ClosedRange<UInt32>) throws {
        var different: [UInt32] = []
        for value in range {
            let scalar = try #require(Unicode.Scalar(value))
            let columns = TextWidth.columns(of: scalar).map(Int32.init) ?? -1
            if columns != zc_width(value) { different.append(value) }
        }
        #expect(different == [])
    }

    @Test("over all of Unicode the widths differ from the C library's by what a version of it may change")
    func widthsOfAll() {
        var different = 0
        for value in UInt32(1)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let columns = TextWidth.columns(of: scalar).map(Int32.init) ?? -1
            if columns != zc_width(value) { different += 1 }
        }
        #expect(different < 12_000)
    }

    @Test("what a terminal would obey is spelled out instead")
    func controls() {
        let cases: [(String, String)] = [
            ("a\u{1B}[2Jb", "a␛[2Jb"), ("a\u{07}", "a␇"), ("tab\there", "tab␉here"), ("line\nnext", "line␊next"),
            ("\u{9B}31m", "⟨U+009B⟩31m"), ("\u{7F}", "␡"), ("user\u{202E}gpj.exe", "user⟨U+202E⟩gpj.exe"),
            ("\u{2066}x\u{2069}", "⟨U+2066⟩x⟨U+2069⟩"), ("\u{200B}", "⟨U+200B⟩"), ("\u{FEFF}a", "⟨U+FEFF⟩a"),
            ("\u{E0041}", "⟨U+E0041⟩"), ("\0", "␀"),
        ]
        for (text, expected) in cases {
            #expect(Glyphs(text).map(\.text).joined() == expected)
        }
    }

    @Test("no scalar at all reaches the terminal that is not printable there")
    func everyScalar() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for glyph in Glyphs(String(scalar)) {
                for shown in glyph.text.unicodeScalars where zc_width(shown.value) < 0 {
                    // A C library with a newer Unicode may know more, one with an older one less.
                    #expect(shown.value > 0x2FFF && TextWidth.columns(of: shown) != nil, "U+\(value)")
                }
            }
        }
    }

    @Test(
        "joined emoji are one glyph, with the columns that its parts take where they are not joined",
        arguments: [
            ("👩\u{200D}🚀", 4), ("👨\u{200D}👩\u{200D}👧\u{200D}👦", 8), ("👍🏽", 4), ("👩🏽\u{200D}🚀", 6), ("❤\u{FE0F}", 2),
            ("🏳\u{FE0F}\u{200D}🌈", 4), ("1\u{FE0F}\u{20E3}", 2), ("⌚\u{FE0E}", 2),
        ])
    func joined(text: String, columns: Int) {
        #expect(
            Array(Glyphs(text + "!")) == [
                Glyph(text: text, columns: columns, isJoined: true), Glyph(text: "!", columns: 1),
            ])
    }

    @Test("a picture does not go on for ever, nor does a base take any number of marks in one cell")
    func longClusters() {
        let emoji = Array(Glyphs(Array(repeating: "👩", count: 1000).joined(separator: "\u{200D}")))
        #expect(emoji.allSatisfy { $0.columns <= 16 })
        let tones = Array(Glyphs("👍" + String(repeating: "🏽", count: 1000)))
        #expect(tones.allSatisfy { $0.columns <= 4 })
        let marks = Array(Glyphs("a" + String(repeating: "\u{301}", count: 1000)))
        #expect(marks.allSatisfy { $0.text.unicodeScalars.count <= 18 })
        #expect(marks.reduce(0) { $0 + $1.text.unicodeScalars.filter { $0 == "\u{301}" }.count } == 1000)
    }

    @Test("decomposed Korean is as wide as composed, a syllable to a glyph")
    func korean() {
        let text = "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"
        #expect(Array(Glyphs(text)).map(\.columns) == [2, 2])
        #expect(Glyphs(text).map(\.text).joined() == text)
        #expect(TextWidth.columns(of: "한글") == 4)
    }

    @Test("a mark without a base stands on a dotted circle")
    func loneMark() {
        #expect(Array(Glyphs("\u{301}a")) == [Glyph(text: "◌\u{301}", columns: 1), Glyph(text: "a", columns: 1)])
    }

    @Test(
        "cutting keeps to the columns and says that something is missing",
        arguments: [
            ("заяц", 4, "заяц"), ("зайчик", 4, "зай…"), ("東京都", 5, "東京…"), ("東京都", 4, "東…"), ("東京", 1, "…"),
            ("abc", 0, ""), ("", 3, ""), ("a\u{1B}b", 2, "a…"),
        ])
    func cut(text: String, columns: Int, expected: String) {
        let cut = TextWidth.cut(text, to: columns)
        #expect(cut == expected)
        #expect(TextWidth.columns(of: cut) <= columns)
    }

    @Test("wrapped lines are never wider than asked, and together they are the text")
    func wrapping() {
        let text = "Письмо №1: ありがとう ✅ and some ascii 🐇🐇🐇"
        for columns in 2...20 {
            let lines = TextWidth.wrap(text, columns)
            #expect(lines.allSatisfy { TextWidth.columns(of: $0) <= columns })
            #expect(lines.joined() == text)
        }
    }

    @Test("a line that is too narrow for a wide glyph has it all the same, and no line is empty")
    func narrowLines() {
        #expect(TextWidth.wrap("東京", 1) == ["東", "京"])
        #expect(TextWidth.wrap("ab", 0) == ["a", "b"])
        #expect(TextWidth.wrap("", 4) == [""])
    }

    @Test("text is filled up by columns, numbers from the left")
    func padding() {
        #expect(TextWidth.padded("兎", to: 4) == "兎  ")
        #expect(TextWidth.padded("12", to: 4, isNumber: true) == "  12")
        #expect(TextWidth.padded("longer", to: 3) == "longer")
    }

    @Test(
        "what is drawn of a sign never takes more columns than were counted",
        arguments: ["❤\u{FE0F}", "👩\u{200D}🚀", "e\u{301}", "می\u{200C}خواهم"])
    func countedAsDrawn(text: String) {
        let drawn = Glyphs(text).map(\.text).joined()
        #expect(TextWidth.columns(of: drawn) == TextWidth.columns(of: text))
    }
}
