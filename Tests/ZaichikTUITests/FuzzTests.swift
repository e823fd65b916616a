import Foundation
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// Random keys, pastes, clicks, sizes, times and events of brokers of any kind. ZAICHIK_TUI_STEPS=100000 takes so many
/// steps, ZAICHIK_TUI_SEED another seed.
@Suite struct FuzzTests {
    private static func number(_ variable: String, otherwise: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) } ?? otherwise
    }

    @Test("whatever is pressed, and whatever a broker says, the screen keeps its rules and the way out stays")
    func anything() {
        let seed = Self.number("ZAICHIK_TUI_SEED", otherwise: 4_000_088)
        var chance = Chance(seed: seed)
        var model = Model(size: Size(width: 100, height: 30), address: "127.0.0.1:8889")
        var now = Samples.now
        for step in 0..<Self.number("ZAICHIK_TUI_STEPS", otherwise: 6000) {
            now = chance.time(after: now)
            let event = chance.event(model)
            let effects = update(&model, event, now: now)
            let place: Comment = "seed \(seed), step \(step), \(event)"
            #expect(!effects.contains(.quit) || model.isQuitting, place)
            model.isQuitting = false
            Self.checkState(model, place)
            if step % 5 == 0 {
                ScreenRules.check(RootView.screen(model, theme: chance.theme, now: now), model, place)
            }
        }
        #expect(update(&model, .terminal(.key(.control("c"))), now: now) == [.quit])
    }

    private static func checkState(_ model: Model, _ place: Comment) {
        #expect(model.commits.window <= CommitState.largestWindow, place)
        #expect(model.commits.lastCommitted <= model.commits.lastDelivered, place)
        for editor in PublishForm.Field.allCases.map({ model.publish[$0] }) + [model.prompt?.editor].compactMap(\.self)
        {
            #expect(editor.cursor >= 0 && editor.cursor <= editor.characters.count, place)
        }
        #expect(model.messages.entries.count <= MessageLog.maximumEntries * 3 / 2 + 300, place)
        #expect(
            model.clients.rows.count <= ClientTable.mostRows && model.topics.rows.count <= TopicTable.mostRows, place)
        #expect(model.browse.map { $0.log.entries.count <= MessageLog.mostKept } ?? true, place)
        if let cursor = model.shownLog.cursor { #expect(cursor < model.shownLog.shown.count, place) }
        let ids = model.shownLog.entries.map(\.id)
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }, place)
        if let cursor = model.messages.cursor { #expect(cursor < model.messages.shown.count, place) }
        let change = model.broker.freshness.nextChange(isConnected: model.broker.connection.isConnected)
        if let change { #expect(change > 0, place) }
    }
}
