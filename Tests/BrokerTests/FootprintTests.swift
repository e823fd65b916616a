import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The memory of a broker with many topics and clients")
struct FootprintTests {
    @Test("a topic without messages and a cursor have no more bytes than they are known to need")
    func bounds() {
        #expect(MemoryLayout<TopicState>.size <= 472)
        #expect(MemoryLayout<Cursor?>.stride <= 120)
        #expect(MemoryLayout<Waiter>.stride <= 16)
        #expect(MemoryLayout<TopicPattern>.stride <= 16)
        #expect(MemoryLayout<SubscriptionSet>.size <= 8)
    }

    @Test("a connection has no room for lists that nobody asked for and publishes that do not wait")
    func connections() {
        #expect(MemoryLayout<RequestDesk>.size <= 64)
        #expect(MemoryLayout<ParkedPublishes>.size <= 8)
        #expect(MemoryLayout<ClientHealth>.size <= 256)
    }
}
