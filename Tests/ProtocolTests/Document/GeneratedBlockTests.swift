import Foundation
import Testing
import ZaichikProtocol

@Suite("What docs/PROTOCOL.md takes from the code", .serialized)
struct GeneratedBlockTests {
    /// `ZAICHIK_ACCEPT_DOCS=1 swift test --filter GeneratedBlockTests` writes the blocks anew.
    @Test("a generated block is as the code would make it today", arguments: DocumentTables.all)
    func upToDate(name: String, lines: [String]) throws {
        var document = try ProtocolDocument()
        if ProcessInfo.processInfo.environment["ZAICHIK_ACCEPT_DOCS"] == "1" {
            try document.replaceBlock(name, by: lines)
            try document.save()
        }
        #expect(try document.block(name) == lines, "ZAICHIK_ACCEPT_DOCS=1 accepts the new block")
    }

    @Test("the document has these generated blocks and no others")
    func blocks() throws {
        #expect(try Set(ProtocolDocument().names("generated")) == Set(DocumentTables.all.map(\.name)))
    }

    @Test("every error code is in its table: number, name, what it ends, meaning", arguments: ErrorCode.allCases)
    func errorCode(code: ErrorCode) throws {
        let rows = try ProtocolDocument().rows("errors")
        #expect(rows.contains([String(code.rawValue), code.name, "\(code.scope)", code.summary]))
        #expect(rows.count == ErrorCode.allCases.count)
    }

    @Test("every setting is in its table: tag, name, unit, default", arguments: TopicSettings.Tag.allCases)
    func setting(tag: TopicSettings.Tag) throws {
        let rows = try ProtocolDocument().rows("settings")
        #expect(
            rows.contains { $0.prefix(4) == [String(tag.rawValue), tag.name, tag.unit, "\(TopicSettings()[tag])"] })
        #expect(rows.count == TopicSettings.Tag.allCases.count)
    }

    @Test("every figure is in the right table: place, name, unit, meaning")
    func figures() throws {
        try check(BrokerFigure.self, "figures of the broker")
        try check(TopicFigure.self, "figures of a topic")
        try check(ClientFigure.self, "figures of a client")
        try check(ClientTopicFigure.self, "figures of a client in one topic")
        try check(TopicPublisherFigure.self, "figures of a publisher")
        try check(SessionFigure.self, "figures of a session")
    }

    private func check<F: Figure>(_: F.Type, _ table: String) throws {
        let rows = try ProtocolDocument().rows(table)
        #expect(rows == F.allCases.map { [String($0.rawValue), $0.name, $0.unit.rawValue, $0.summary] })
        #expect(rows.map { $0[0] } == (0..<rows.count).map(String.init), "places are 0, 1, 2 …")
    }
}
