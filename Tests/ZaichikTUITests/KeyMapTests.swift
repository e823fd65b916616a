import Foundation
import Testing
import ZaichikWords

@testable import ZaichikTUI

@Suite struct KeyMapTests {
    @Test("every action has a row in the key table, with help", arguments: Action.allCases)
    func complete(action: Action) {
        let rows = PaneTable.standard.keys.bindings.filter { $0.action == action }
        #expect(!rows.isEmpty)
        #expect(rows.allSatisfy { !$0.help.isEmpty && !$0.keys.isEmpty && !$0.focuses.isEmpty })
    }

    @Test("no two rows have the same key in one focus", arguments: PaneTable.standard.focuses)
    func noClash(focus: Focus) {
        var seen: [Key: Action] = [:]
        for binding in PaneTable.standard.keys.bindings(in: focus) {
            for key in binding.keys {
                #expect(
                    seen[key] == nil, "\(key) in \(focus.name): \(binding.action) and \(String(describing: seen[key]))")
                seen[key] = binding.action
            }
        }
    }

    @Test("every focus can be left, and the program ended from it", arguments: PaneTable.standard.focuses)
    func wayOut(focus: Focus) {
        #expect(PaneTable.standard.keys.action(for: .control("c"), in: focus) == .interrupt)
        #expect(PaneTable.standard.keys.action(for: .escape, in: focus) != nil)
    }

    @Test("where text is typed no letter is a command", arguments: PaneTable.standard.focuses.filter(\.isTyping))
    func typing(focus: Focus) {
        for binding in PaneTable.standard.keys.bindings(in: focus) {
            for key in binding.keys {
                if case .character = key { Issue.record("\(key) does \(binding.action) while typing") }
            }
        }
    }

    @Test(
        "the key line shows help and quit at every width, and never more than fits", arguments: [40, 60, 80, 120, 200])
    func keyLine(width: Int) {
        for focus in PaneTable.standard.panes {
            var model = Samples.model(Size(width: width, height: 30))
            model.show(focus)
            let hints = KeyHints.hints(for: model, columns: width - 1)
            #expect(hints.suffix(2).map(\.text) == ["help", "quit"])
            #expect(hints.reduce(0) { $0 + $1.columns + 2 } - 2 <= width - 1)
        }
    }

    @Test("help has a line for each row of the key table")
    func help() {
        let model = Samples.model(Size(width: 80, height: 24))
        let text = HelpText.lines(HelpInspection(place: .pane(.clients)), model, columns: 70)
            .map { $0.map(\.text).joined() }.joined(separator: "\n")
        for binding in PaneTable.standard.keys.bindings {
            #expect(text.contains(binding.keys.map(\.description).joined(separator: " ")))
            #expect(text.contains(TextWidth.words(binding.help, columns: 56)[0]))
        }
    }

    @Test("docs/KEYS.md is what the key table says; ZAICHIK_ACCEPT_SCREENS=1 writes it anew")
    func document() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/KEYS.md")
        if ProcessInfo.processInfo.environment["ZAICHIK_ACCEPT_SCREENS"] != nil {
            try KeyDocument.markdown(.standard).write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == KeyDocument.markdown(.standard))
    }
}
