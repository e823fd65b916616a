import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What a broker with many topics and clients keeps in memory")
struct FootprintTests {
    @Test("a topic without messages and a cursor have no more bytes than they are known to need")
    func bounds() {
        #expect(MemoryLayout<TopicState>.size <= 400)
        #expect(MemoryLayout<Cursor?>.stride <= 96)
        #expect(MemoryLayout<Waiter>.stride <= 16)
        #expect(MemoryLayout<TopicPattern>.stride <= 16)
        #expect(MemoryLayout<SubscriptionSet>.size <= 8)
    }
}
