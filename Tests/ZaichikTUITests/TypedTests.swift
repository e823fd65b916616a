import Testing
import ZaichikWords

@testable import ZaichikTUI

/// Many keys at once, and what is kept so that they cost little.
@Suite struct TypedTests {
    private let size = Size(width: 120, height: 30)

    @Test(
        "characters typed at once do what each of them does alone",
        arguments: [
            "porders", "sorders.>", "w12x", "/ab", "q", "xxp1?q2", "1\\is:behind", "1/ali", ":sub a", ":zzz", "?/comm",
            "pe\u{301}t",
        ])
    func sameAsKeys(text: String) {
        var alone = Samples.model(size)
        var together = alone
        var effects: [Effect] = []
        for scalar in text.unicodeScalars {
            effects += update(&alone, .terminal(.key(.character(Character(scalar)))), now: Samples.now)
        }
        #expect(update(&together, .terminal(.typed(text)), now: Samples.now) == effects)
        #expect(together == alone)
    }

    @Test("a message that is looked at stays laid out until the width or the format changes")
    func keptLayout() {
        var model = Samples.model(size)
        model.show(.messages)
        model.overlay = .message(MessageInspection(entry: model.messages.shown.first!, format: .json))
        model.drawer.isEntered = true
        func layout() -> PayloadLayout? {
            guard case .message(let inspection) = model.overlay else { return nil }
            return inspection.payload
        }
        _ = update(&model, .tick, now: Samples.now)
        #expect(layout()?.columns == OverlayArea(model.layout).inside.width && layout()?.format == .json)
        _ = update(&model, .terminal(.key(.character("x"))), now: Samples.now)
        #expect(layout()?.format == PayloadFormat.json.next && model.payloadFormat == .json)
        _ = update(&model, .terminal(.resize(Size(width: 60, height: 20))), now: Samples.now)
        #expect(layout()?.columns == OverlayArea(model.layout).inside.width)
    }

    @Test("a message of which only the beginning is kept says so in its title, and why it is no JSON")
    func partTitle() {
        let model = Samples.model(size)
        let payload = Array("[1".utf8) + [UInt8](repeating: 32, count: (64 << 10) - 2)
        let message = ReceivedMessage(
            topic: "t", sequence: 1, timestamp: 0, key: nil, payload: payload, length: 1 << 20, number: 1, connection: 1
        )
        var inspection = MessageInspection(
            entry: MessageEntry(id: 1, time: 0, content: .message(message)), format: .json)
        let title = { OverlayText.title(.message(inspection), model).map(\.text).joined(separator: " ") }
        #expect(title().contains("first 64") && title().contains(" of 1"))
        #expect(title().contains("only a whole message is shown as JSON"))
        inspection.format = .hex
        #expect(!title().contains("JSON"))
    }

    @Test("figures that do not fit beside each other go on in the next line", arguments: [20, 36, 54, 72])
    func figures(columns: Int) {
        let row = ["lag", "bytes", "oldest", "pending"].map { (label: $0, value: "12.3k") }
        let lines = DetailText.grid([row], columns: columns)
        #expect(lines.allSatisfy { $0.reduce(0) { $0 + TextWidth.columns(of: $1.text) } <= columns })
        #expect(lines.joined().filter { $0.text == "12.3k" }.count == 4)
    }

    @Test("at 40 columns the prompt shows the start that Tab changes")
    func narrowStart() {
        var model = Samples.model(Size(width: 40, height: 20))
        _ = update(&model, .terminal(.typed("s")), now: Samples.now)
        for start in Prompt.Start.allCases {
            #expect(model.prompt?.start == start)
            let terminal = MemoryTerminal(size: model.size)
            let screen = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now)
            terminal.present(CellDiff.runs(from: nil, to: screen.buffer), cursor: nil)
            #expect(terminal.text.contains(" \(start.shortLabel)"))
            _ = update(&model, .terminal(.key(.tab)), now: Samples.now)
        }
    }
}
