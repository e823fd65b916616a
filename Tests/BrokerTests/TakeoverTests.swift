import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Clients that fight for a session")
struct TakeoverTests {
    /// Which of the newcomers at these times, in ms, may take over.
    private func admitted(_ times: [UInt64]) -> [UInt64] {
        var takeovers = Takeovers()
        return times.filter { takeovers.admit(now: $0 * 1000) }
    }

    @Test("after four takeovers within 10 s the newcomer is refused, until the first one is 10 s old")
    func contention() {
        let times: [UInt64] = [0, 1000, 2000, 3000, 4000, 9999, 10_000, 10_001, 11_000]
        #expect(admitted(times) == [0, 1000, 2000, 3000, 10_000, 11_000])
    }

    @Test("those that come one after the other, seconds apart, are never refused")
    func calm() {
        let times = (0..<100).map { UInt64($0) * 3000 }
        #expect(admitted(times) == times)
    }
}

@Suite("The names of sessions")
struct SessionRegistryTests {
    private func place(_ name: String, id: UInt64, loop: UInt16 = 0) throws -> SessionPlace {
        SessionPlace(
            name: try SessionName(name), id: id, home: SessionHandle(shard: loop, seat: UInt32(id), generation: 0))
    }

    @Test("the first to claim a name has it; others are shown where it lives")
    func claim() throws {
        let registry = SessionRegistry(limit: 10)
        let (first, second) = (try place("burrow", id: 1, loop: 2), try place("burrow", id: 2))
        #expect(try registry.claim(first) === first)
        #expect(try registry.claim(second) === first)
        #expect(registry.place(of: first.name) === first && first.loop == 2)
        #expect(registry.count == 1)
    }

    @Test("only the session that has a name gives it back")
    func remove() throws {
        let registry = SessionRegistry(limit: 10)
        let (first, second) = (try place("burrow", id: 1), try place("burrow", id: 2))
        _ = try registry.claim(first)
        #expect(!registry.remove(second))
        #expect(registry.remove(first) && !registry.remove(first))
        #expect(registry.place(of: first.name) == nil && registry.count == 0)
        #expect(try registry.claim(second) === second)
        #expect(second.incarnation != first.incarnation)
    }

    @Test("at the limit no more are taken, and one that ends makes room")
    func limit() throws {
        let registry = SessionRegistry(limit: 2)
        let first = try registry.claim(place("1", id: 1))
        _ = try registry.claim(place("2", id: 2))
        var code: ErrorCode?
        do { _ = try registry.claim(place("3", id: 3)) } catch { code = (error as? FrameError)?.code }
        #expect(code == .tooManySessions && registry.count == 2)
        #expect(try registry.claim(place("2", id: 4)).id == 2)
        registry.remove(first)
        #expect(try registry.claim(place("3", id: 3)).id == 3)
    }
}
