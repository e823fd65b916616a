import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// Messages that are returned and parked by hand, and those that come again.
@Suite struct SettleTests {
    var model = Samples.model(Size(width: 120, height: 30))
    let now = Samples.now

    init() {
        model.show(.messages)
        press(.character("a"))
        tell(.arrived((7...9).map { Samples.message($0, "orders.eu", "n\($0)") }))
    }

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    @discardableResult
    private mutating func type(_ text: String) -> [Effect] {
        text.flatMap { update(&model, .terminal(.key(.character($0))), now: now) }
    }

    @discardableResult
    private mutating func tell(_ event: LinkEvent) -> [Effect] { update(&model, .link(event), now: now) }

    private func settlement(_ action: HandSettlement.Action, _ reason: String = "") -> HandSettlement {
        HandSettlement(number: 9, connection: 1, action: action, reason: reason)
    }

    private var fates: [CommitState.Fate] {
        model.messages.entries.compactMap { entry in
            if case .message(let message) = entry.content { model.commits.fate(of: message) } else { nil }
        }
    }

    @Test(
        "r returns the message under the cursor, with a delay and a reason that may be left out",
        arguments: [
            ("", 0, ""), ("30s", 30_000, ""), ("1m30s not ready yet", 90_000, "not ready yet"),
            ("not ready", 0, "not ready"), ("  5 apples", 0, "5 apples"),
        ])
    mutating func returns(typed: String, delay: UInt64, reason: String) {
        press(.character("r"))
        type(typed)
        #expect(press(.enter) == [.link(.settle(settlement(.return(delay: delay), reason)))])
        #expect(model.prompt == nil)
    }

    @Test("K parks it, with a reason")
    mutating func parks() {
        press(.character("K"))
        type("cannot be read")
        #expect(press(.enter) == [.link(.settle(settlement(.park, "cannot be read")))])
    }

    @Test("a delay longer than a broker takes is refused, and what was typed stays")
    mutating func tooLong() {
        press(.character("r"))
        type("60d later")
        #expect(press(.enter).isEmpty)
        #expect(model.prompt?.problem != nil && model.prompt?.editor.text == "60d later")
    }

    @Test("what is returned or parked is no longer in flight, whatever is committed later")
    mutating func fate() {
        #expect(model.commits.inFlight == 3)
        tell(.settled(settlement(.return(delay: 0))))
        var other = settlement(.park)
        other.numbers = [8]
        tell(.settled(other))
        #expect(model.commits.inFlight == 1)
        #expect(fates.suffix(3) == [.inFlight, .parked, .returned])
        press(.character("C"))
        #expect(model.commits.inFlight == 0)
        #expect(fates.suffix(3) == [.committed, .parked, .returned])
        tell(.lost("gone"))
        #expect(fates.suffix(3) == [.committed, .parked, .returned])
    }

    @Test("only what is in flight can be returned, and only by hand")
    mutating func refused() {
        tell(.settled(settlement(.park)))
        press(.character("r"))
        #expect(model.prompt == nil && model.notice?.text.contains("parked") == true)
        press(.character("a"), .character("K"))
        #expect(model.prompt == nil && model.notice?.text.contains("automatic") == true)
    }

    @Test("the whole message can be returned while it is looked at")
    mutating func whole() {
        press(.enter, .character("r"))
        #expect(model.prompt?.question == model.messages.current?.message.map { .returnMessages([$0]) })
        #expect(press(.enter) == [.link(.settle(settlement(.return(delay: 0))))])
    }

    @Test("a message that comes again has its attempt in the line, and why in the whole")
    mutating func again() {
        tell(.arrived([Samples.redelivery(10, attempt: 3, .returned, reason: "exit 1")]))
        let screen = { (model: Model) in
            RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines.joined(separator: "\n")
        }
        #expect(screen(model).contains("×3 "))
        press(.enter)
        #expect(screen(model).contains("attempt   3: it was returned: exit 1"))
    }
}
