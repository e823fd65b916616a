import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("PINGs that wait, and the pace of requests")
struct PingQueueTests {
    @Test("a PING waits for the publishes and the requests before it, and for nothing else")
    func waits() throws {
        var pings = PingQueue()
        try pings.add(7, publishes: 3, requests: 2)
        #expect(pings.next(publishes: 2, requests: 2) == nil)
        #expect(pings.next(publishes: 3, requests: 1) == nil)
        #expect(pings.next(publishes: 3, requests: 2) == 7)
        #expect(pings.isEmpty)
        #expect(pings.next(publishes: 9, requests: 9) == nil)
    }

    @Test("PINGs are answered in their order, equal tokens too")
    func order() throws {
        var pings = PingQueue()
        for (index, token) in [5, 5, 1, 9].enumerated() {
            try pings.add(UInt64(token), publishes: UInt64(index), requests: 0)
        }
        #expect(pings.next(publishes: 1, requests: 0) == 5)
        #expect(pings.next(publishes: 1, requests: 0) == 5)
        #expect(pings.next(publishes: 1, requests: 0) == nil)
        #expect(pings.next(publishes: 3, requests: 0) == 1)
        #expect(pings.next(publishes: 3, requests: 0) == 9)
    }

    @Test("too many PINGs are an error that ends the connection, and an answered one makes room")
    func limit() throws {
        var pings = PingQueue()
        for token in 0..<UInt64(PingQueue.limit) { try pings.add(token, publishes: 0, requests: 1) }
        let error = #expect(throws: FrameError.self) { try pings.add(1, publishes: 0, requests: 1) }
        #expect(error?.code == .tooManyRequests)
        #expect(pings.next(publishes: 0, requests: 1) == 0)
        try pings.add(1, publishes: 0, requests: 1)
    }

    @Test("after the most requests in one go, further input waits until the next go")
    func pace() {
        var pace = RequestPace()
        for _ in 0..<RequestPace.most {
            #expect(!pace.isSpent)
            pace.spend()
        }
        #expect(pace.isSpent)
        pace.begin()
        #expect(!pace.isSpent)
    }

    @Test("only frames as cheap as messages may come as often as messages, and PINGs nearly so")
    func costs() {
        let free = ClientOpcode.allCases.filter { RequestPace.cost(type: $0.rawValue) == 0 }
        #expect(Set(free) == [.publish, .commit, .pong, .window])
        #expect(RequestPace.cost(type: 0xFF) == RequestPace.pings, "what has no meaning is a request")
        var pace = RequestPace()
        for _ in 0..<RequestPace.most * RequestPace.pings {
            #expect(!pace.isSpent)
            pace.spend(RequestPace.cost(type: ClientOpcode.ping.rawValue))
        }
        #expect(pace.isSpent)
    }
}
