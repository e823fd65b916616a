import Foundation
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// What is printed without drawing: `--once` and `--linear`; and ASCII.
@Suite struct PlainTests {
    var model = Samples.model(Size(width: 120, height: 30))
    private let theme = Theme(scheme: .none)

    private func text(_ pane: Pane, _ columns: Int = 120) -> [String] {
        OnceReport.text(model, pane, columns: columns, theme: theme, now: Samples.now)
    }

    // MARK: --once

    @Test("a screen is named by its name, the beginning of it or its number")
    func named() {
        #expect(OnceReport.pane("topics", in: .standard) == .topics)
        #expect(OnceReport.pane("Cl", in: .standard) == .clients)
        #expect(OnceReport.pane("3", in: .standard) == .messages)
        #expect(OnceReport.pane("nothing", in: .standard) == nil && OnceReport.pane("", in: .standard) == nil)
    }

    @Test("all rows are printed, however low the terminal is, within the width", arguments: [40, 80, 200])
    mutating func rows(width: Int) {
        var figures = Samples.statistics
        figures.clients!.rows = (1...300).map { Samples.client($0, "c\($0)", .keepingUp) }
        figures.clients!.matching = 300
        _ = update(&model, .link(.statistics(figures)), now: Samples.now)
        let lines = text(.clients, width)
        #expect(lines.count == 302 && lines[0].hasPrefix("Clients · 300"))
        #expect(lines.dropFirst().allSatisfy { TextWidth.columns(of: $0) <= width })
        #expect(lines.contains { $0.contains("c300 ") })
    }

    @Test("it is the screen itself, not what lies over it", arguments: PaneTable.standard.panes)
    mutating func covered(pane: Pane) {
        let plain = text(pane)
        _ = update(&model, .terminal(.typed("?:sub x")), now: Samples.now)
        #expect(text(pane) == plain && plain.count > 1)
    }

    @Test("as JSON a table has every row with all its figures, and another screen its lines")
    func json() throws {
        for pane in PaneTable.standard.panes {
            let text = OnceReport.json(model, pane, columns: 120, theme: theme, now: Samples.now)
            #expect(!text.contains("\n"))
            let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(object["screen"] as? String == pane.name.lowercased())
            #expect((object["totals"] as? [String: Any])?["lag_messages"] as? Int == 18_412)
            guard pane.content is any TablePane.Type else {
                #expect(object["lines"] is [String])
                continue
            }
            let rows = try #require(object["rows"] as? [[String: Any]])
            let figures = pane == .clients ? ClientFigure.allCases.map(\.name) : TopicFigure.allCases.map(\.name)
            #expect(!rows.isEmpty && rows.allSatisfy { row in figures.allSatisfy { row[$0] is Int } })
        }
    }

    @Test("what a terminal would obey, and what would end a string, is escaped")
    func quoted() throws {
        let text = "a\"b\\c\n\t\r\u{1B}\u{9B}\u{0}жё"
        let quoted = JSONObject.quoted(text)
        #expect(try JSONDecoder().decode(String.self, from: Data(quoted.utf8)) == text)
        #expect(quoted.unicodeScalars.allSatisfy { $0.value >= 32 && !(0x7F...0x9F).contains($0.value) })
    }

    // MARK: --linear

    private mutating func lines(_ report: inout LinearReport, _ events: LinkEvent...) -> [String] {
        events.flatMap { event in
            let before = model
            _ = update(&model, .link(event), now: Samples.now)
            return report.lines(for: event, before, model)
        }
    }

    @Test("first the whole is told, then only what changes")
    mutating func changes() {
        var report = LinearReport()
        let first = lines(&report, .statistics(Samples.statistics))
        #expect(first[0] == "7 clients, 0 lose messages, 5 behind, lag 18.4k; in 1234/s, out 1187/s")
        #expect(first[1] == "alice: falling behind, lag 12.8k")
        #expect(lines(&report, .statistics(Samples.statistics)).isEmpty)
        var figures = Samples.statistics
        figures.clients!.rows[1] = Samples.client(3, "bob", .losing, lag: 5112, lost: 40)
        figures.clients!.rows[2] = Samples.client(4, "carol", .commitsStopped, lag: 500)
        figures.clients!.rows.removeLast()
        figures.clients!.rows.append(Samples.client(9, "dora", .publishing, subscriptions: 0))
        #expect(
            lines(&report, .statistics(figures))
                == [
                    "bob: losing messages, lag 5112, 40 lost so far", "dora is new: publishing", "shop is gone",
                ].map { $0.replacing("losing messages", with: StateText.word(.losing)) }, "500 is not twice 412")
        figures.clients!.rows[2] = Samples.client(4, "carol", .commitsStopped, lag: 900)
        #expect(lines(&report, .statistics(figures)) == ["carol: commits stopped, lag 900"])
    }

    @Test("messages, gaps and the connection are lines, and what a terminal would obey is spelled out")
    mutating func arrivals() {
        var report = LinearReport()
        let told = lines(&report, .arrived(Array(Samples.arrivals.prefix(6))))
        #expect(told[0] == #"orders.eu #101 key k17: {"id":17,"sum":4}"#)
        #expect(told[2].contains("1200 lost"))
        for line in told {
            #expect(!line.unicodeScalars.contains { $0.value < 32 || $0 == "\u{202E}" }, "\(Array(line.utf8))")
        }
        #expect(lines(&report, .lost("nothing listens there")) == ["no connection: nothing listens there"])
        #expect(lines(&report, .lost("nothing listens there")).isEmpty, "each attempt is not told")
        #expect(lines(&report, .connected(Samples.welcome)) == ["connected to 127.0.0.1:8889"])
    }

    @Test("this program's own row is not told")
    mutating func own() {
        var report = LinearReport()
        _ = lines(&report, .statistics(Samples.statistics))
        var figures = Samples.statistics
        figures.clients!.rows[5].state = .paused
        #expect(lines(&report, .statistics(figures)).isEmpty)
    }

    // MARK: ASCII

    @Test(
        "with ASCII only, every cell is ASCII and everything keeps its place",
        arguments: [(60, 16), (80, 24), (200, 50)])
    mutating func ascii(width: Int, height: Int) {
        model.size = Size(width: width, height: height)
        for keys in ["", "?", ":s", "3z"] {
            _ = update(&model, .terminal(.key(.escape)), now: Samples.now)
            _ = update(&model, .terminal(.typed(keys)), now: Samples.now)
            var plain = Theme(scheme: .none)
            let whole = RootView.screen(model, theme: plain, now: Samples.now)
            plain.isASCII = true
            let ascii = RootView.screen(model, theme: plain, now: Samples.now)
            #expect(ascii.cursor == whole.cursor)
            for y in 0..<height {
                for x in 0..<width {
                    let (one, other) = (ascii.buffer[x, y], whole.buffer[x, y])
                    guard one.text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }), one.columns == other.columns,
                        one.text.count == one.columns
                    else {
                        Issue.record("(\(x), \(y)) is '\(one.text)' for '\(other.text)'")
                        return
                    }
                }
            }
        }
    }

    @Test("every sign that this program draws has one in ASCII: only texts of others become question marks")
    func signs() {
        var model = Model(size: Size(width: 120, height: 30), address: "127.0.0.1:8889")
        for keys in ["", "?", ":", "1z", "2", "3", "4", "5", "6", "7"] {
            _ = update(&model, .terminal(.key(.escape)), now: Samples.now)
            _ = update(&model, .terminal(.typed(keys)), now: Samples.now)
            let buffer = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer
            for cell in buffer.cells where !cell.isTail {
                guard let scalar = cell.text.unicodeScalars.first, !scalar.isASCII else { continue }
                #expect(CellBuffer.signs[scalar] != nil, "\(cell.text)")
            }
        }
    }
}
