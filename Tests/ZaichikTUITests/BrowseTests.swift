import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// A topic that is browsed: pages of what it keeps, as a broker would answer.
@Suite struct BrowseTests {
    var model = Samples.model(Size(width: 120, height: 30))
    let now = Samples.now
    let topic = try! TopicName("orders.eu")

    /// The sequences that the topic keeps.
    private var kept: [UInt64] = Array(1...1000)

    init() { model.show(.messages) }

    private func message(_ sequence: UInt64, payload: String = "m", length: Int? = nil) -> ReceivedMessage {
        ReceivedMessage(
            topic: "orders.eu", sequence: sequence, timestamp: now - 1_000_000 + sequence, key: nil,
            payload: Array(payload.utf8), length: length ?? payload.utf8.count, number: 0, connection: 0)
    }

    /// What a broker has for a request.
    private func page(_ request: BrowseRequest) -> [ReceivedMessage] {
        let most = Int(Browse.page)
        let sequences: ArraySlice<UInt64> =
            switch request.start {
            case .earliest: kept.prefix(most)
            case .last(let count): kept.suffix(min(most, Int(count)))
            case .sequence(let first): kept.drop { $0 < first }.prefix(most)
            default: []
            }
        return sequences.map { message($0) }
    }

    /// Presses keys, and has the broker answer what is asked.
    private mutating func press(_ keys: Key...) {
        for key in keys { answer(update(&model, .terminal(.key(key)), now: now)) }
    }

    private mutating func answer(_ effects: [Effect]) {
        for effect in effects {
            guard case .link(.browse(let request)) = effect else { continue }
            answer(update(&model, .link(.browse(.page(request, page(request)))), now: now))
        }
    }

    private mutating func browse(_ text: String) {
        press(.character("B"))
        model.prompt?.editor.text = text
        press(.enter)
    }

    private var sequences: [UInt64] { model.shownLog.shown.compactMap { $0.message?.sequence } }
    private var current: UInt64? { model.shownLog.current?.message?.sequence }

    @Test("a topic is browsed from its last messages on, backwards to its first, without a hole")
    mutating func backwards() {
        browse("orders.eu")
        #expect(model.focus == .messages && current == 1000)
        for _ in 0..<1100 { press(.up) }
        #expect(current == 1)
        #expect(sequences == Array(1...1000))
        press(.up)
        #expect(model.browse?.hasOlder == false || model.browse?.log.entries.first?.id == 1)
    }

    @Test("it is browsed from a sequence on, and both ways from there")
    mutating func sequence() {
        browse("orders.eu #500")
        #expect(current == 500)
        press(.down)
        #expect(current == 501)
        for _ in 0..<30 { press(.up) }
        #expect(current == 471 && sequences.first ?? 0 < 471)
    }

    @Test("g goes to the first message that is kept, G to the last; what came meanwhile is found below it")
    mutating func ends() {
        browse("orders.eu first")
        #expect(current == 1)
        press(.character("G"))
        #expect(current == 1000)
        kept += [1001, 1002]
        press(.down, .down, .down)
        #expect(current == 1002)
        press(.character("g"))
        #expect(current == 1)
    }

    @Test("holes in what is kept are stepped over")
    mutating func holes() {
        kept = Array(1...50) + Array(5000...5300)
        browse("orders.eu")
        for _ in 0..<400 { press(.up) }
        #expect(current == 1 && sequences.first == 1)
    }

    @Test("of a topic with many messages a part is held, whichever way one goes")
    mutating func bounded() {
        kept = Array(1...20_000)
        browse("orders.eu first")
        for _ in 0..<2500 { press(.pageDown) }
        #expect(model.shownLog.entries.count <= MessageLog.mostKept && current == 20_000)
        for _ in 0..<2500 { press(.pageUp) }
        #expect(model.shownLog.entries.count <= MessageLog.mostKept && current == 1)
    }

    @Test("a time is a start: so long ago, or the last time that a clock showed it")
    func times() {
        let noon: Moment = 1_700_049_600_000_000  // 12:00 UTC
        let read = { (text: String, offset: Int) in KeptPlace.read("t " + text, now: noon, offset: offset).start }
        #expect(read("10m", 0) == .time(noon - 600 * Moment.second))
        #expect(read("11:30", 0) == .time(noon - 1800 * Moment.second))
        #expect(read("12:30", 0) == .time(noon - 84_600 * Moment.second))
        #expect(read("13:30", 7200) == .time(noon - 1800 * Moment.second))
        #expect(read("#7", 0) == .sequence(7) && read("7", 0) == .sequence(7) && read("first", 0) == .earliest)
        #expect(read("25:00", 0) == nil && read("soon", 0) == nil && read("1 2", 0) == nil)
        #expect(KeptPlace.read("t", now: noon, offset: 0).start == .last(UInt64(Browse.page)))
    }

    @Test("a message of which a page had the beginning is read as a whole when it is looked at")
    mutating func whole() {
        browse("orders.eu #500")
        guard case .link(.browse(let request))? = browseAgain().first else { return #expect(Bool(false)) }
        _ = update(
            &model, .link(.browse(.page(request, [message(500, payload: "begin", length: 9)]))), now: now)
        let effects = update(&model, .terminal(.key(.enter)), now: now)
        #expect(effects.contains(.link(.readWhole(KeptMessages(topic: topic, sequences: [500])))))
        _ = update(&model, .link(.browse(.whole([message(500, payload: "beginning")]))), now: now)
        guard case .message(let inspection) = model.overlay else { return #expect(Bool(false)) }
        #expect(inspection.entry.message?.payload == Array("beginning".utf8) && !inspection.isAsked)
        #expect(model.shownLog.current?.message?.payload == Array("beginning".utf8))
    }

    @Test("what is exported of a topic that is browsed is read as a whole first")
    mutating func exportWhole() {
        browse("orders.eu #500")
        guard case .link(.browse(let request))? = browseAgain().first else { return #expect(Bool(false)) }
        let cut = [message(500, payload: "begin", length: 9), message(501)]
        _ = update(&model, .link(.browse(.page(request, cut))), now: now)
        _ = update(&model, .terminal(.key(.character("e"))), now: now)
        model.prompt?.editor.text = "x"
        let asked = update(&model, .terminal(.key(.enter)), now: now)
        #expect(asked == [.link(.readWhole(KeptMessages(topic: topic, sequences: [500])))])
        let whole = message(500, payload: "beginning")
        let effects = update(&model, .link(.browse(.whole([whole]))), now: now)
        let bytes = ExportText.bytes([whole, message(501)], isCSV: false)
        #expect(effects == [.file(.write(path: "x", bytes, count: 2))])
    }

    private mutating func browseAgain() -> [Effect] {
        _ = update(&model, .terminal(.key(.character("B"))), now: now)
        model.prompt?.editor.text = "orders.eu #500"
        return update(&model, .terminal(.key(.enter)), now: now)
    }

    @Test("what is browsed cannot be committed, and the stream goes on below it; Esc shows it again")
    mutating func beside() {
        press(.character("3"), .character("a"))
        browse("orders.eu")
        press(.character("c"))
        #expect(model.notice?.text.contains("looked at in its topic") == true)
        let count = model.messages.entries.count
        _ = update(&model, .link(.arrived([Samples.message(7, "orders.eu", "n")])), now: now)
        #expect(model.messages.entries.count == count + 1 && current == 1000)
        press(.escape)
        #expect(model.browse == nil && model.shownLog.entries.count == count + 1)
    }

    @Test("the palette browses a topic from a place on")
    mutating func palette() {
        for character in ":kept orders.eu #500" { press(.character(character)) }
        press(.enter)
        #expect(current == 500 && model.prompt == nil)
    }

    @Test("a topic that is not there, and a place that is none, are said")
    mutating func problems() {
        press(.character("B"))
        model.prompt?.editor.text = "orders.eu soon"
        press(.enter)
        #expect(model.prompt?.problem?.contains("first, last") == true)
        press(.escape)
        _ = update(&model, .terminal(.key(.character("B"))), now: now)
        model.prompt?.editor.text = "nowhere"
        guard case .link(.browse(let request))? = update(&model, .terminal(.key(.enter)), now: now).first else {
            return #expect(Bool(false))
        }
        _ = update(&model, .link(.browse(.noPage(request, "there is no topic 'nowhere'"))), now: now)
        #expect(model.notice?.isBad == true && model.browse?.problem != nil)
    }
}
