import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// A link that tells what the test says, and remembers what it was asked.
private final class FakeLink: BrokerLink {
    var events: [LinkEvent] = []
    private(set) var requests: [LinkRequest] = []
    private(set) var hasEnded = false

    func start(wake: @escaping @Sendable () -> Void) {}
    func perform(_ request: LinkRequest) { requests.append(request) }
    func end(patience: Duration) { hasEnded = true }

    func takeEvents() -> [LinkEvent] {
        defer { events = [] }
        return events
    }
}

@Suite struct AppTests {
    private let terminal = MemoryTerminal(size: Size(width: 120, height: 30))
    private let link = FakeLink()

    /// Runs the program over steps: each is what happens while it waits. Time advances by its waits, 10 s at most.
    private func run(_ steps: [() -> Void]) -> App {
        nonisolated(unsafe) var now = Samples.now
        var left = steps[...]
        let app = App(
            model: Model(size: terminal.size, address: "127.0.0.1:8889"), terminal: terminal, link: link,
            theme: Theme(scheme: .colors256), clock: { now })
        terminal.onWait = { milliseconds in
            now += UInt64(milliseconds ?? 10_000) * 1000
            // While something is still to be drawn, nothing new happens.
            if let milliseconds, milliseconds <= 51 { return .ready }
            guard let step = left.popFirst() else { return .ended }
            step()
            return .ready
        }
        app.run()
        return app
    }

    @Test("what the link tells is on the screen, what is pressed is asked of the link")
    func roundTrip() {
        _ = run([
            { link.events = [.connected(Samples.welcome), .statistics(Samples.statistics)] },
            {
                #expect(terminal.text.contains("alice"))
                #expect(terminal.text.contains("falling behind"))
                terminal.events = "sorders.>".map { .key(.character($0)) } + [.key(.enter)]
            },
            { terminal.events = [.key(.character("q"))] },
        ])
        #expect(link.requests.contains(.subscribe(try! TopicPattern("orders.>"), .new)))
    }

    @Test("many events are drawn at 20 frames a second at most")
    func coalesced() {
        _ = run([
            { link.events = [.connected(Samples.welcome)] },
            {
                let before = terminal.presentations
                for number in 1...5000 as ClosedRange<UInt64> {
                    link.events.append(.arrived([Samples.message(number, "t", "x")]))
                }
                #expect(terminal.presentations == before)
            },
            { terminal.events = [.key(.character("q"))] },
        ])
        #expect(terminal.presentations <= 4)
    }

    @Test("nothing is drawn while nothing happens, until the figures are old")
    func idle() {
        var waits: [Int?] = []
        _ = run([{ link.events = [.connected(Samples.welcome)] }, {}])
        let drawn = terminal.presentations
        terminal.onWait = { milliseconds in
            waits.append(milliseconds)
            return .ended
        }
        #expect(drawn > 0)
        let app = App(
            model: Samples.model(terminal.size), terminal: terminal, link: link, theme: Theme(scheme: .none),
            clock: { Samples.now })
        app.run()
        #expect(waits == [Int(Freshness.old / 1000) + 1])
        #expect(terminal.presentations == drawn + 1)
    }

    @Test("a terminal that is gone ends the program")
    func hangup() {
        let app = run([])
        #expect(!app.model.isQuitting)
    }

    @Test("a new size is drawn whole")
    func resize() {
        _ = run([
            { link.events = [.connected(Samples.welcome), .statistics(Samples.statistics)] },
            { terminal.size = Size(width: 80, height: 24) },
            {
                #expect(terminal.lines.count == 24)
                #expect(terminal.text.contains("1 Clients"))
                terminal.size = Size(width: 30, height: 8)
            },
            { #expect(terminal.text.contains("too small")) },
        ])
    }

    @Test("^Z suspends, and the whole screen is drawn afterwards")
    func suspend() {
        _ = run([
            { link.events = [.connected(Samples.welcome)] },
            { terminal.events = [.key(.control("z"))] },
            { #expect(terminal.text.contains("1 Clients")) },
        ])
        #expect(terminal.suspensions == 1)
    }
}
