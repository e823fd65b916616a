import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

@Suite struct TraceTests {
    private var model = Samples.screensModel(Size(width: 100, height: 24))
    private static let message = TracedMessage(topic: "orders.eu", sequence: 42)

    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func type(_ text: String) -> [Effect] {
        text.flatMap { update(&model, .terminal(.key(.character($0))), now: Samples.now) }
    }

    @Test("a message's way through each queue: when it waited, when it was in flight, how it ended")
    func ways() {
        let start = Samples.now - 5_000_000
        let ways = TraceWay.all(Samples.traceSteps, now: Samples.now)
        #expect(ways.map(\.queue) == ["alice #2", "bob #3", "session jobs"])
        #expect(ways.map(\.outcome) == ["lost: limit", "committed", "in flight"])
        #expect(ways[0].stretches == [.init(phase: .waiting, from: start, to: start + 4_000_000)])
        #expect(
            ways[1].stretches == [
                .init(phase: .waiting, from: start, to: start + 1200),
                .init(phase: .inFlight, from: start + 1200, to: start + 240_000),
            ])
        #expect(ways[2].stretches.count == 4 && ways[2].stretches.last?.to == Samples.now && ways[2].attempts == 2)
    }

    @Test("the traces are read from the first time that one is asked for")
    mutating func asked() {
        _ = press(.character("1"))
        #expect(press(.character("T")) == [.link(.screen(.read(.trace)))])
        #expect(model.prompt?.editor.text == "orders.eu 42", "the message that was traced last is offered")
        _ = press(.enter)
        guard case .screen(.trace(Self.message), _) = model.overlay else {
            Issue.record("no trace")
            return
        }
        #expect(press(.escape, .character("T")).isEmpty)
    }

    @Test("the message under the cursor is the one in question", arguments: [Key.character("3"), .character("5")])
    mutating func underCursor(pane: Key) {
        _ = press(pane, .character("g"))
        if pane == .character("5") { _ = press(.down, .down, .down, .down) }
        _ = press(.character("T"))
        guard case .screen(.trace(let message), _) = model.overlay else {
            Issue.record("no trace")
            return
        }
        #expect(
            message
                == TracedMessage(
                    topic: pane == .character("5") ? "metrics.cpu" : "orders.eu",
                    sequence: pane == .character("5") ? 1000 : 101))
    }

    @Test("a topic with a text publishes one with a trace, and shows its way; read-only that is refused")
    mutating func published() throws {
        _ = press(.character("1"), .character("T"), .control("u"))
        _ = type("orders.us: a hare")
        let topic = try TopicName("orders.us")
        #expect(press(.enter) == [.link(.screen(.publishTraced(topic: topic, body: "a hare")))])
        _ = update(&model, .link(.screen(.traced(Self.message))), now: Samples.now)
        guard case .screen(.trace(Self.message), _) = model.overlay else {
            Issue.record("no trace")
            return
        }
        model.isReadOnly = true
        _ = press(.escape, .character("T"), .control("u"))
        _ = type("orders.us: a hare")
        #expect(press(.enter).isEmpty && model.prompt?.problem == "read-only: nothing is published")
    }

    @Test("what names no message is said", arguments: ["", "orders", "orders x", "a b c"])
    mutating func refused(text: String) {
        _ = press(.character("1"), .character("T"), .control("u"))
        _ = type(text)
        _ = press(.enter)
        #expect(model.prompt?.problem?.contains("names no message") == true)
    }
}
