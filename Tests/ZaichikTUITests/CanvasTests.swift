import Testing

@testable import ZaichikTUI

@Suite struct CanvasTests {
    private func buffer(_ width: Int, _ height: Int = 1) -> CellBuffer {
        CellBuffer(size: Size(width: width, height: height))
    }

    @Test("a wide character at the last column is not split, nor what follows it drawn")
    func wideAtTheEdge() {
        var buffer = buffer(4)
        #expect(buffer.put("abc東d", x: 0, y: 0, style: .plain) == 3)
        #expect(buffer.lines == ["abc"])
    }

    @Test("a wide character takes two cells, the text after it starts in the third")
    func wideTakesTwo() {
        var buffer = buffer(6)
        buffer.put("東京ab", x: 0, y: 0, style: .plain)
        #expect(buffer[0, 0].columns == 2)
        #expect(buffer[1, 0].isTail)
        #expect(buffer[4, 0].text == "a")
    }

    @Test("writing over half of a wide character leaves a blank for the other half", arguments: [0, 1])
    func overwrittenHalf(column: Int) {
        var buffer = buffer(3)
        buffer.put("東c", x: 0, y: 0, style: .plain)
        buffer.put("x", x: column, y: 0, style: .plain)
        #expect(buffer[column, 0].text == "x")
        #expect(buffer[1 - column, 0] == .blank)
        #expect(buffer[2, 0].text == "c")
    }

    @Test("writing over any part of a sign of several columns leaves blanks for the others", arguments: 0..<4)
    func overwrittenPart(column: Int) {
        var buffer = buffer(6)
        buffer.put("x👩\u{200D}🚀y", x: 0, y: 0, style: .plain)
        #expect(buffer[1, 0].columns == 4 && buffer[5, 0].text == "y")
        buffer.put("#", x: 1 + column, y: 0, style: .plain)
        var expected = ["x", " ", " ", " ", " ", "y"]
        expected[1 + column] = "#"
        #expect((0..<6).map { buffer[$0, 0].text } == expected)
    }

    @Test("a wide character over the halves of two others leaves blanks at both sides")
    func wideOverWide() {
        var buffer = buffer(4)
        buffer.put("東京", x: 0, y: 0, style: .plain)
        buffer.put("都", x: 1, y: 0, style: .plain)
        #expect((0..<4).map { buffer[$0, 0].text } == [" ", "都", "", " "])
    }

    @Test("marks stay in the cell of their base; too many go on in the next cell, and none is lost")
    func marks() {
        var buffer = buffer(4)
        buffer.put("e\u{301}x", x: 0, y: 0, style: .plain)
        #expect(buffer[0, 0].text == "e\u{301}")
        #expect(buffer[1, 0].text == "x")
        buffer.put("a" + String(repeating: "\u{302}", count: 40) + "b", x: 0, y: 0, style: .plain)
        let marks = (0..<3).flatMap { buffer[$0, 0].text.unicodeScalars.filter { $0 == "\u{302}" } }
        #expect(marks.count == 40)
    }

    @Test("what lies outside of the screen is not drawn, whatever the coordinates")
    func outside() {
        var buffer = buffer(3, 2)
        buffer.put("abcdef", x: -2, y: 0, style: .plain)
        buffer.put("xyz", x: 0, y: 7, style: .plain)
        buffer.put("xyz", x: 0, y: -1, style: .plain)
        buffer.fill(Rect(x: -5, y: -5, width: 100, height: 6), "#", style: .plain)
        #expect(buffer.lines == ["###", ""])
        buffer.fill(Rect(x: 9, y: 9, width: 5, height: 5), style: .plain)
        buffer.restyle(Rect(x: -3, y: 4, width: 10, height: 10)) { $0 }
    }

    @Test("a limit cuts by columns, not by characters")
    func limit() {
        var buffer = buffer(10)
        buffer.put("Привет", x: 0, y: 0, limit: 4, style: .plain)
        #expect(buffer.lines == ["Прив"])
    }

    @Test("bringing the old screen up to the new one by the runs gives the new one")
    func runsAreEnough() {
        var generator = SystemRandomNumberGenerator()
        let texts = [
            "abc", "東京", "é", "🚀", "…", "  ", "Ж", "x\u{301}\u{302}", "👩\u{200D}🚀", "👍🏽", "❤\u{FE0F}",
            "\u{1112}\u{1161}\u{11AB}",
        ]
        let styles = [Style.plain, Style(foreground: 3), Style(attributes: .bold)]
        let terminal = MemoryTerminal(size: Size(width: 17, height: 5))
        var old: CellBuffer?
        var new = buffer(17, 5)
        for _ in 0..<300 {
            for _ in 0..<Int.random(in: 0..<6, using: &generator) {
                new.put(
                    texts.randomElement(using: &generator)!, x: Int.random(in: 0..<17, using: &generator),
                    y: Int.random(in: 0..<5, using: &generator), style: styles.randomElement(using: &generator)!)
            }
            terminal.present(CellDiff.runs(from: old, to: new), cursor: nil)
            let expected = (0..<5).map { y in (0..<17).map { new[$0, y].text } }
            #expect(terminal.lines == expected)
            old = new
        }
    }

    @Test("an unchanged screen has no runs; a change of style alone has one")
    func smallDiffs() {
        var old = buffer(8)
        old.put("same", x: 0, y: 0, style: .plain)
        #expect(CellDiff.runs(from: old, to: old).isEmpty)
        var new = old
        new.restyle(Rect(x: 1, y: 0, width: 2, height: 1)) { _ in Style(attributes: .bold) }
        #expect(
            CellDiff.runs(from: old, to: new) == [
                CellRun(x: 1, y: 0, text: "am", columns: 2, style: Style(attributes: .bold))
            ])
    }

    @Test("a screen of another size is written whole")
    func resized() {
        let runs = CellDiff.runs(from: buffer(8), to: buffer(9, 2))
        #expect(runs.map(\.text) == [String(repeating: " ", count: 9), String(repeating: " ", count: 9)])
    }
}
