import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("INSPECT SESSION in pages")
struct SessionPagesTests {
    private static let count = 300

    /// A shared session with many subscriptions, topics and connections.
    private static func run(_ body: @Sendable (TestBroker, NativeClient, [NativeClient]) throws -> Void) async throws {
        try await TestBroker.run(loops: 2) { broker in
            let first = try broker.client(session: "burrow", [.mode: 1])
            for number in 0..<count {
                try first.send(.subscribe(request: UInt32(number + 1), pattern: "topic.\(number)", from: .new))
            }
            try first.settle()
            let others = try (0..<39).map { try broker.client("hare \($0)", session: "burrow", [.mode: 1]) }
            try body(broker, try broker.client("observer"), [first] + others)
        }
    }

    @Test(
        "all subscriptions, connections and topics are told, in as many pages as it takes, each with the session's row")
    func all() async throws {
        try await Self.run { _, observer, members in
            let pages = try observer.sessionPages("burrow")
            #expect(pages.count > 1 && pages.allSatisfy { $0.session == pages[0].session })
            let detail = try observer.sessionDetail("burrow")
            let names = (0..<Self.count).map { "topic.\($0)" }
            #expect(detail.subscriptions.map(\.pattern) == names)
            #expect(detail.topics.map(\.topic).sorted() == names.sorted())
            #expect(detail.connections.map(\.id).sorted() == members.map(\.id).sorted())
            #expect(detail.session[.topics] == UInt64(Self.count) && detail.session[.connections] == 40)
        }
    }

    @Test("the limit is that of the whole answer", arguments: [0, 1, 39, 100, 250] as [UInt32])
    func limit(limit: UInt32) async throws {
        try await Self.run { _, observer, _ in
            let detail = try observer.sessionDetail("burrow", limit: limit)
            #expect(detail.subscriptions.count == Int(limit))
            #expect(detail.topics.count == Int(limit))
            #expect(detail.connections.count == min(Int(limit), 40))
        }
    }

    @Test("a session that nobody is attached to, and one whose queue is folded, is told in pages, too")
    func absent() async throws {
        try await Self.run { broker, observer, members in
            for member in members { try member.send(.close) }
            try broker.until(absent: "burrow")
            for _ in 0..<3 { try broker.secondPasses() }
            let detail = try observer.sessionDetail("burrow")
            #expect(detail.subscriptions.count == Self.count && detail.topics.count == Self.count)
            #expect(detail.connections.isEmpty)
        }
    }
}
