import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A window's bytes")
struct ByteWindowTests {
    private static func window(limit: Int, _ budget: MemoryBudget = MemoryBudget(limit: 1 << 30)) -> ByteWindow {
        ByteWindow(limit: limit, inFlight: InFlight(budget: budget), budget: budget)
    }

    private static func deliver(_ sizes: [Int], _ window: inout ByteWindow) {
        var frames = ByteBuffer()
        for size in sizes {
            let payload = ByteBuffer(repeating: 0, count: size - MessageLayout.keyOffset)
            BrokerFrame.deliver(Message(topicID: 1, payload: payload)).write(to: &frames)
        }
        frames.withUnsafeReadableBytes { window.delivered($0) }
    }

    private static func commit(_ count: Int, _ window: inout ByteWindow) {
        window.committed(InFlight.Retired(slot: 0, count: count, bytes: 0, lastSequence: 0))
    }

    @Test(
        "its room is the bound less what is in flight, whatever is delivered and committed", arguments: UInt64(1)...20)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let limit = Int.random(in: 100...2000, using: &generator)
        var window = Self.window(limit: limit)
        var inFlight: [Int] = []
        for _ in 0..<200 {
            if Bool.random(using: &generator) {
                let sizes = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                    Int.random(in: 28...300, using: &generator)
                }
                Self.deliver(sizes, &window)
                inFlight += sizes
            } else {
                let count = Int.random(in: 0...inFlight.count, using: &generator)
                Self.commit(count, &window)
                inFlight.removeFirst(count)
            }
            #expect(window.room == max(limit - inFlight.reduce(0, +), 0))
            #expect(window.takesAny == inFlight.isEmpty)
        }
    }

    @Test("deliveries made before count with the bytes of their runs, and leave no room taken when committed")
    func earlier() {
        let budget = MemoryBudget(limit: 1 << 30)
        var inFlight = InFlight(budget: budget)
        inFlight.add(InFlight.Run(slot: 0, count: 3, firstSequence: 1, timestamp: 0, bytes: 301, number: 1))
        inFlight.add(InFlight.Run(slot: 1, count: 1, firstSequence: 1, timestamp: 0, bytes: 50, number: 4))
        var window = ByteWindow(limit: 1000, inFlight: inFlight, budget: budget)
        #expect(window.room == 649 && !window.takesAny)
        Self.deliver([100], &window)
        #expect(window.room == 549)
        for most in [UInt64(2), 1, 1] { window.committed(inFlight.retire(most: most)) }
        #expect(window.room == 900 && !window.takesAny)
        Self.commit(1, &window)
        #expect(window.room == 1000 && window.takesAny)
    }

    @Test("after the end there is as much room as there was, though everything is committed")
    func end() {
        var window = Self.window(limit: 1000)
        Self.deliver([400], &window)
        window.end()
        Self.commit(1, &window)
        #expect(window.room == 600 && !window.takesAny)
        Self.deliver([500], &window)
        Self.commit(1, &window)
        #expect(window.room == 100 && !window.isFull)
        Self.deliver([100], &window)
        #expect(window.isFull)
    }

    @Test("without a bound there is always room")
    func unbound() {
        var window = Self.window(limit: 100)
        Self.deliver([400], &window)
        #expect(window.isFull)
        window.limit = nil
        #expect(window.room == .max && !window.isFull)
    }

    @Test("what it knows of many deliveries is charged to the budget, and given back")
    func charged() {
        let budget = MemoryBudget(limit: 1 << 30)
        var window = Self.window(limit: 1 << 30, budget)
        Self.deliver(Array(repeating: 28, count: 5000), &window)
        #expect(budget.used == 4 * 1024 * MemoryLayout<UInt32>.stride)
        Self.commit(3000, &window)
        #expect(budget.used == 1024 * MemoryLayout<UInt32>.stride)
        window.close()
        #expect(budget.used == 0)
    }
}
