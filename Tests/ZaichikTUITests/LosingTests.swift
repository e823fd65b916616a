import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// Losing messages is the loudest of all states: first in the table, in a word and a colour of its own, in the header.
@Suite struct LosingTests {
    private let look = Theme(scheme: .colors256, background: .dark)

    private func model(_ width: Int, _ height: Int, losing: UInt64 = 2) -> Model {
        var model = Samples.model(Size(width: width, height: height))
        var figures = Samples.statistics
        figures.broker[.losingClients] = losing
        figures.clients!.rows.append(Samples.client(8, "медленный 🐇", .losing, lag: 7, flight: 1, window: 1, lost: 20_413))
        figures.clients!.matching += 1
        figures.topics!.rows[1][.droppedMessages] = 20_413
        figures.topics!.rows[1][.dropRate] = 480
        _ = update(&model, .link(.statistics(figures)), now: Samples.now)
        return model
    }

    /// The text of a row that is drawn in the style of losses.
    private func loud(_ model: Model, row: Int) -> String {
        let buffer = RootView.screen(model, theme: look, now: Samples.now).buffer
        return (0..<buffer.size.width).map { buffer[$0, row] }.filter { $0.style == look[.losing] }.map(\.text).joined()
    }

    @Test("a client that loses messages is the first row, its state in capitals, its losses beside it", arguments: [40, 80, 200])
    func row(width: Int) throws {
        let model = model(width, 24)
        let row = model.area(of: .clients).rows.y
        #expect(model.clients.rows.first?.state == .losing)
        let text = loud(model, row: row)
        #expect(text.contains("LOSING") && text.contains("20.4k"))
        #expect(loud(model, row: row + 1).isEmpty)
    }

    @Test("the header says how many clients lose messages, whatever else there is no room for", arguments: [40, 59, 60, 80, 120])
    func header(width: Int) {
        let text = loud(model(width, 24), row: 0)
        #expect(text == (width < 60 ? " 2 losing " : " 2 clients lose messages "))
        #expect(loud(model(width, 24, losing: 1), row: 0).contains(width < 60 ? "1 losing" : "1 client loses messages"))
        #expect(loud(model(width, 24, losing: 0), row: 0).isEmpty)
    }

    @Test("a topic that drops messages tells it where its drops are counted")
    func topics() throws {
        var model = model(80, 24)
        model.show(.topics)
        let row = model.area(of: .topics).rows.y + 1
        #expect(loud(model, row: row) == "20.4k")
    }

    @Test("the losing can be filtered for, and are among those that b leaves", arguments: ["state:losing", "is:behind"])
    func filter(text: String) {
        var model = model(80, 24)
        model.clients.filter = text
        #expect(model.clients.rows.first?.state == .losing)
        #expect(model.clients.query.sort == .severity)
    }

    @Test("in detail: the same word, and a sentence")
    func detail() throws {
        var model = model(80, 24)
        let client = try #require(model.clients.rows.first)
        _ = update(&model, .terminal(.key(.enter)), now: Samples.now)
        let detail = ClientDetail(client: client, subscriptions: ["metrics.cpu"], topics: [])
        _ = update(&model, .link(.detail(id: 8, detail)), now: Samples.now)
        let lines = RootView.screen(model, theme: look, now: Samples.now).buffer.lines
        #expect(lines.contains { $0.contains("LOSING") } && lines.contains { $0.contains("It loses 480") })
    }
}
