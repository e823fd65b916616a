import Testing
import ZaichikProtocol

/// A layout is a table of offset, field, size and meaning under `<!-- layout: FRAME -->`.
@Suite("The layouts in docs/PROTOCOL.md add up")
struct LayoutTests {
    private static let sizes = ["u8": 1, "u16": 2, "u32": 4, "u64": 8]

    private static func size(_ cell: String) -> Int? { sizes[cell] ?? Int(cell) }

    private static let layouts = (try? ProtocolDocument().names("layout")) ?? []

    @Test("each field begins where the one before it ends", arguments: layouts)
    func contiguous(layout: String) throws {
        var at: Int? = FrameHeader.size
        for row in try ProtocolDocument().rows(layout) {
            #expect(row[0] == (at.map(String.init) ?? "…"), "\(layout): \(row[1])")
            at = if let known = at, let size = Self.size(row[2]) { known + size } else { nil }
        }
    }

    @Test("the fields of fixed size are the least body", arguments: ClientOpcode.allCases)
    func leastBody(opcode: ClientOpcode) throws {
        // These share a table with another frame, CLOSE has no body.
        let shared: [ClientOpcode: String] = [
            .pong: "PING", .listClients: "LIST TOPICS", .listSessions: "LIST TOPICS",
        ]
        guard opcode != .close else { return }
        let rows = try ProtocolDocument().rows(shared[opcode] ?? opcode.name)
        #expect(rows.compactMap { Self.size($0[2]) }.reduce(0, +) == opcode.minimumBody)
    }

    @Test("there is a layout for every frame that has a body")
    func complete() throws {
        let names = Set(try ProtocolDocument().names("layout"))
        let sharing: Set = [
            "PONG", "LIST CLIENTS", "CLIENTS", "LIST SESSIONS", "SESSIONS", "PARKED", "PEEKED", "CLOSE",
        ]
        let frames = Set(ClientOpcode.allCases.map(\.name)).union(BrokerOpcode.allCases.map(\.name))
        #expect(frames.subtracting(names) == sharing)
        #expect(
            names.subtracting(frames) == [
                "TOPIC answer", "CREATE TOPIC answer", "CREATE SESSION answer", "TRANSACTION answer",
                "INSPECT MESSAGE answer", "HISTORY answer", "LAG SHARES answer",
            ])
    }
}
