import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite("Tables with more rows than the statistics have")
struct PageTests {
    private static let count = 2000

    private func row(_ place: Int) -> TopicStatistics {
        Samples.topic(UInt32(place), "t" + String(10_000 + place), rate: 0, kept: 1, subscribers: 0)
    }

    private func statistics() -> StatisticsUpdate {
        var update = Samples.statistics
        update.topics = RowPage(rows: (0..<500).map(row), matching: Self.count)
        return update
    }

    private func model() -> Model {
        var model = Samples.model(Size(width: 80, height: 24))
        model.show(.topics)
        _ = update(&model, .link(.statistics(statistics())), now: Samples.now)
        return model
    }

    @discardableResult
    private func press(_ model: inout Model, _ key: Key) -> [Effect] {
        update(&model, .terminal(.key(key)), now: Samples.now)
    }

    private func question(_ effects: [Effect]) -> PageQuestion<TopicFigure>? {
        for case .link(.clients(.topicPage(let question))) in effects { return question }
        return nil
    }

    /// As a broker does.
    private func answer(_ question: PageQuestion<TopicFigure>) -> ClientsEvent {
        let all = (0..<Self.count).map(row)
        let sorted = question.query.descending ? Array(all.reversed()) : all
        let rows = Array(sorted.prefix(Int(question.query.limit)))
        let (first, page) = question.cut(RowPage(rows: rows, matching: Self.count))
        return .topicPage(first: first, page)
    }

    @Test("the last row is reached by G, the first again by g, and the title says which rows these are")
    func ends() throws {
        var model = model()
        let last = try #require(question(press(&model, .character("G"))))
        #expect(last.isFromEnd && last.query.limit == 500, "the end is near from the other side")
        _ = update(&model, .link(.clients(answer(last))), now: Samples.now)
        #expect(model.topics.selected == "t11999" && model.topics.rowsBelow == 0 && model.topics.rowsAbove == 1500)
        #expect(TopicsPane.title(model).contains { $0.text == "1501 to 2000 of 2000" })
        let first = try #require(question(press(&model, .character("g"))))
        _ = update(&model, .link(.clients(answer(first))), now: Samples.now)
        #expect(model.topics.selected == "t10000" && model.topics.rowsAbove == 0)
    }

    @Test("going down row by row or page by page comes to every row, and up again")
    func every() throws {
        var model = model()
        var seen: Set<String> = []
        for key in [Key.pageDown, .pageUp] {
            for _ in 0..<300 {
                let effects = press(&model, key)
                if let question = question(effects) {
                    _ = update(&model, .link(.clients(answer(question))), now: Samples.now)
                }
                let height = model.area(of: .topics).pageHeight
                seen.formUnion(model.topics.rows.dropFirst(model.topics.offset).prefix(height).map(\.name))
            }
            #expect(seen.count == Self.count, "\(key)")
            seen = []
        }
        #expect(model.topics.rowsAbove == 0 && model.topics.selected == "t10000")
    }

    @Test("the statistics do not take a page away, which is asked for again when it is old")
    func stays() throws {
        var model = model()
        let last = try #require(question(press(&model, .character("G"))))
        _ = update(&model, .link(.statistics(statistics())), now: Samples.now)
        _ = update(&model, .link(.clients(answer(last))), now: Samples.now)
        #expect(question(update(&model, .link(.statistics(statistics())), now: Samples.now + 1000)) == nil)
        #expect(model.topics.selected == "t11999")
        let later = Samples.now + 10 * Moment.second
        #expect(question(update(&model, .link(.statistics(statistics())), now: later))?.first == 1500)
    }

    @Test("another order, and a filter, begin with the first rows; so does a table that has become short")
    func reset() throws {
        for change in [Key.character("r"), .character("b")] {
            var model = model()
            let last = try #require(question(press(&model, .character("G"))))
            _ = update(&model, .link(.clients(answer(last))), now: Samples.now)
            press(&model, change)
            #expect(model.topics.rowsAbove == 0)
        }
        var model = model()
        let last = try #require(question(press(&model, .character("G"))))
        _ = update(&model, .link(.clients(answer(last))), now: Samples.now)
        _ = update(&model, .link(.statistics(Samples.statistics)), now: Samples.now)
        #expect(model.topics.rows.count == 4 && model.topics.rowsAbove == 0)
    }

    @Test("by a figure a page is counted from the beginning: equal figures have one order only")
    func figures() {
        let question = PageQuestion(
            ListQuery(sort: ClientFigure.lagMessages), first: 9000, count: 500, matching: 10_000)
        #expect(!question.isFromEnd && question.query.limit == 9500)
    }
}
