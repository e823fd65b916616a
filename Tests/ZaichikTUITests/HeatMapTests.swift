import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct HeatMapTests {
    private var model = Samples.screensModel(Size(width: 100, height: 24))

    init() { press(.character("6")) }

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func tell(_ seconds: UInt64) -> [Effect] {
        var statistics = Samples.statistics
        statistics.time = Samples.now + seconds * Moment.second
        return update(&model, .link(.statistics(statistics)), now: statistics.time)
    }

    @Test("the clients that are seen are asked about, once a second, one answer after the other")
    mutating func asked() {
        let ask = Effect.link(.screen(.heat([4, 2, 3, 6, 5, 1])))
        #expect(tell(0) == [ask])
        #expect(tell(5).isEmpty)
        _ = update(&model, .link(.screen(.heat(Samples.heat, problem: nil))), now: Samples.now)
        #expect(tell(0).isEmpty)
        #expect(tell(5) == [ask])
    }

    @Test("an answer that a lost connection took is asked for again")
    mutating func again() {
        _ = tell(0)
        _ = update(&model, .link(.lost("gone")), now: Samples.now)
        _ = update(&model, .link(.connected(Samples.welcome)), now: Samples.now)
        #expect(!tell(5).isEmpty)
    }

    @Test("the cursor goes over rows and columns, and stays within them")
    mutating func cursor() {
        press(.down, .right, .character("l"))
        #expect(HeatMapPane.subject(model) == HeatPair(client: 2, label: "alice", topic: "orders.eu"))
        press(.character("h"), .up, .up, .left, .left, .left)
        #expect(HeatMapPane.subject(model) == HeatPair(client: 4, label: "carol", topic: "chat.東京"))
        for _ in 0..<20 { press(.down, .right) }
        #expect(HeatMapPane.subject(model)?.topic == "письма.входящие")
    }

    @Test("more topics than fit come in pages that follow the cursor", arguments: [40, 80, 200])
    mutating func pages(width: Int) throws {
        model.size = Size(width: width, height: 24)
        let topics = (0..<100).map { Samples.pair("topic-\(100 + $0)", lag: UInt64($0)) }
        _ = update(
            &model, .link(.screen(.heat([HeatAnswer(client: 2, topics: topics)], problem: nil))), now: Samples.now)
        for _ in 0..<110 { press(.right) }
        press(.left)
        #expect(HeatMapPane.subject(model)?.topic == "topic-199")
        let lines = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
        #expect(lines.contains { $0.contains("199") })
    }

    @Test(
        "a digit is ten times the one before",
        arguments: [(0, 0), (1, 1), (9, 1), (10, 2), (99_999, 5), (.max, 20)] as [(UInt64, Int)])
    func levels(value: UInt64, level: Int) { #expect(HeatFigure.lag.level(value) == level) }

    @Test("what is lost now is the loudest, whatever the shades stand for", arguments: HeatFigure.allCases)
    func loudness(figure: HeatFigure) {
        #expect(HeatShade.role(level: 9, figure, isLosing: true) == .losing)
        #expect(HeatShade.role(level: 9, figure, isLosing: false) != .losing)
    }

    @Test("Enter opens the pair, and A acts on its client")
    mutating func opened() {
        press(.right, .right, .enter, .character("A"))
        guard case .menu(let menu) = model.acts else {
            Issue.record("no menu")
            return
        }
        #expect(menu.target.name == "carol")
    }
}
