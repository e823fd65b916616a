import Foundation
import NIOCore
import Testing
import ZaichikProtocol

@Suite("docs/PROTOCOL.md says what the code does")
struct DocumentTests {
    private let document: ProtocolDocument

    init() throws { document = try ProtocolDocument() }

    private func pairs(_ table: String, _ columns: Int = 2) throws -> [[String]] {
        try document.rows(table).map { Array($0.prefix(columns)) }
    }

    @Test("the tables of frames have every type, its name and its least body, and no other")
    func opcodes() throws {
        #expect(
            try Set(pairs("client frames", 3))
                == Set(ClientOpcode.allCases.map { [hex($0.rawValue), $0.name, String($0.minimumBody)] }))
        #expect(
            try Set(pairs("broker frames"))
                == Set(BrokerOpcode.allCases.map { [hex($0.rawValue), $0.name] }))
    }

    @Test("where `short` counts bytes, the table says so", arguments: ClientOpcode.allCases)
    func shorts(opcode: ClientOpcode) throws {
        let row = try #require(document.rows("client frames").first { $0[0] == hex(opcode.rawValue) })
        #expect(row[3].hasPrefix("bytes of") == opcode.shortCountsBytes)
    }

    @Test("every frame has a section of its own, with its type in the heading")
    func sections() throws {
        let pattern = try Regex("[A-Z]+( [A-Z]+)? \\(0x[0-9A-F]{2}\\)")
        var headed: Set<String> = []
        for line in document.lines where line.hasPrefix("### ") {
            for match in line.matches(of: pattern) { headed.insert(String(line[match.range])) }
            if line.contains("its answer TOPIC (0x92)") { headed.insert("TOPIC (0x92)") }
        }
        let frames =
            ClientOpcode.allCases.map { "\($0.name) (\(hex($0.rawValue)))" }
            + BrokerOpcode.allCases.map { "\($0.name) (\(hex($0.rawValue)))" }
        #expect(headed == Set(frames))
    }

    @Test("numbers of choices, reasons, outcomes and states are those of the code")
    func choices() throws {
        try check("gap reasons", GapReason.allCases.map { ($0.rawValue, $0.description) })
        try check("publish outcomes", PublishOutcome.allCases.map { ($0.rawValue, $0.description) })
        try check("topic outcomes", TopicOutcome.allCases.map { ($0.rawValue, $0.description) })
        try check("client states", ClientState.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check("overflow", TopicSettings.Overflow.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check(
            "deduplication scopes",
            TopicSettings.DeduplicationScope.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check("dialects", Dialect.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check("hello fields", Hello.Field.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("welcome fields", WelcomeField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("topic fields", TopicField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("subscribe fields", SubscribeField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("act fields", ActField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("detail fields", DetailField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("peeked states", PeekedMessage.State.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check("acts", Act.allCases.map { ($0.rawValue, $0.name) })
        try check("seek fields", SeekField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("peek fields", PeekField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("incarnation fields", IncarnationField.allCases.map { (UInt16($0.rawValue), $0.name) })
        try check("threats", Evidence.Threat.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check("settle actions", SettleAction.allCases.map { ($0.rawValue, $0.description) })
        try check("parked actions", ParkedAction.allCases.map { ($0.rawValue, $0.description) })
        try check("redelivery causes", RedeliveryCause.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check("transaction parts", TransactionPart.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check("session modes", SessionSettings.Mode.allCases.map { (UInt16($0.rawValue), $0.description) })
        try check(
            "subscribe options",
            SubscribeOptions.names.map { (UInt16($0.option.rawValue.trailingZeroBitCount), $0.name) })
    }

    private func check(_ table: String, _ expected: [(UInt16, String)]) throws {
        #expect(try Set(pairs(table)) == Set(expected.map { [String($0.0), $0.1] }), "\(table)")
    }

    @Test("the starts are those that the decoder takes")
    func starts() throws {
        let known = (UInt8.min...UInt8.max).filter { StartPosition(start: $0, argument: 0) != nil }
        #expect(try document.rows("starts").map { $0[0] } == known.map(String.init))
    }

    @Test("the flags of messages are those of the code")
    func flags() throws {
        let rows = try document.rows("message flags")
        let all: [MessageFlags] = [.unconfirmed, .headers, .emptyKey, .receipt, .trace]
        #expect(rows.map { $0[0] } == all.map { String($0.rawValue.trailingZeroBitCount) })
        let delivered = all.filter { MessageFlags.delivered.contains($0) }.map {
            String($0.rawValue.trailingZeroBitCount)
        }
        #expect(rows.filter { $0[1].contains("DELIVER") }.map { $0[0] } == delivered)
    }

    @Test("the classic kinds are those of the decoder, in order")
    func classicKinds() throws {
        #expect(try document.rows("classic frames").map { $0[0] } == (0...ClassicFrame.largestKind).map { "\($0)" })
    }

    @Test("the error codes that sections name exist, and each code but those of GOODBYE is named by one")
    func namedCodes() throws {
        let known = Set(ErrorCode.allCases.map(\.name)).union(TopicSettings.Tag.allCases.map(\.name))
            .union(Capability.allCases.map(\.name)).union(SessionSettings.Tag.allCases.map(\.name))
            .union(SessionSettings.Mode.allCases.map(\.description)).union(Act.allCases.map(\.name))
            .union(ActField.allCases.map(\.name))
        let pattern = try Regex("`[a-z]+(-[a-z]+)+`")
        var named: Set<String> = []
        for line in document.lines where !line.hasPrefix("|") {
            for match in line.matches(of: pattern) { named.insert(String(line[match.range].dropFirst().dropLast())) }
        }
        #expect(named.subtracting(known) == [])
        for code in ErrorCode.allCases where code.rawValue < 30 {
            #expect(document.lines.contains { !$0.hasPrefix("|") && $0.contains("`\(code.name)`") }, "\(code.name)")
        }
    }

    private func hex(_ type: UInt8) -> String {
        "0x" + (type < 16 ? "0" : "") + String(type, radix: 16, uppercase: true)
    }
}
