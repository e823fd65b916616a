import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The watches of a connection")
struct WatchListTests {
    private let update = WatchUpdate(time: 1, broker: BrokerStatistics())

    private func wanted(_ due: WatchList.Due) throws -> WatchList.Wanted {
        guard case .gather(let wanted) = due else { throw NotWanted() }
        return wanted
    }

    private struct NotWanted: Error {}

    @Test("a connection has 16 watches, each under an id of its own, and ends those it has")
    func limit() throws {
        var watches = WatchList()
        for id in 1...16 as ClosedRange<UInt32> { _ = try watches.begin(id, WatchRequest(), rows: 10) }
        for id in [17, 1] as [UInt32] {
            let error = #expect(throws: FrameError.self) { try watches.begin(id, WatchRequest(), rows: 10) }
            #expect(error?.code == .tooManyWatches)
            #expect(error?.request == id)
        }
        try watches.end(3, request: 20)
        _ = try watches.begin(17, WatchRequest(), rows: 10)
        let error = #expect(throws: FrameError.self) { try watches.end(3, request: 21) }
        #expect(error?.code == .badArgument)
        #expect(error?.request == 21)
        #expect(watches.due(3, mayGather: true) == .ended)
    }

    @Test(
        "the interval is clamped, and so is the number of rows",
        arguments: [(0, 100), (100, 100), (500, 500), (.max, 3_600_000)])
    func clamped(interval: UInt32, granted: UInt32) throws {
        var watches = WatchList()
        let request = WatchRequest(
            interval: interval, clients: ClientQuery(limit: .max), topics: TopicQuery(limit: 3))
        #expect(try watches.begin(1, request, rows: 10) == granted)
        let wanted = try wanted(watches.due(1, mayGather: true)).request
        #expect(wanted.clients?.limit == 10)
        #expect(wanted.topics?.limit == 3)
    }

    @Test("a watch that falls due while its update is under way, or while its client does not read, is skipped")
    func skipped() throws {
        var watches = WatchList()
        _ = try watches.begin(1, WatchRequest(), rows: 10)
        #expect(watches.due(1, mayGather: false) == .skip)
        let wanted = try wanted(watches.due(1, mayGather: true))
        #expect(watches.due(1, mayGather: true) == .skip)
        watches.gathered(wanted, update)
        #expect(watches.due(1, mayGather: true) == .skip, "it is not sent yet")
        #expect(watches.step(now: 1) != nil)
        _ = try self.wanted(watches.due(1, mayGather: true))
    }

    @Test("an update whose watch has ended is not sent, nor to a later watch under the same id")
    func ended() throws {
        var watches = WatchList()
        _ = try watches.begin(1, WatchRequest(), rows: 10)
        let old = try wanted(watches.due(1, mayGather: true))
        try watches.end(1, request: 2)
        watches.gathered(old, update)
        #expect(!watches.hasReady)
        _ = try watches.begin(1, WatchRequest(), rows: 10)
        watches.gathered(old, update)
        #expect(!watches.hasReady)
        let new = try wanted(watches.due(1, mayGather: true))
        watches.gathered(new, update)
        #expect(watches.hasReady)
        try watches.end(1, request: 2)
        #expect(!watches.hasReady)
    }

    @Test("ready updates are dropped for a client that takes no more, and its watches continue")
    func dropped() throws {
        var watches = WatchList()
        for id in [1, 2] as [UInt32] {
            _ = try watches.begin(id, WatchRequest(), rows: 10)
            watches.gathered(try wanted(watches.due(id, mayGather: true)), update)
        }
        #expect(watches.drop() == 2)
        #expect(watches.drop() == 0)
        #expect(!watches.hasReady)
        #expect(watches.step(now: 1) == nil)
        _ = try wanted(watches.due(1, mayGather: true))
    }

    @Test("the rows of a large update are made over several steps, and are all there in order")
    func largeUpdate() throws {
        var watches = WatchList()
        _ = try watches.begin(1, WatchRequest(topics: TopicQuery(limit: .max)), rows: 10_000)
        let wanted = try wanted(watches.due(1, mayGather: true))
        let budget = MemoryBudget(limit: 1 << 20)
        var update = update
        update.topics = Listing(matching: 900)
        for number in 1...300 {
            let topic = Topic(
                id: UInt32(number), name: try TopicName("t.\(number)"), settings: TopicSettings(), budget: budget)
            update.topics?.rows.append(Ranked(key: 0, order: ListOrder(TopicQuery()), row: topic))
        }
        watches.gathered(wanted, update)
        var (bytes, steps): (ByteBuffer?, Int) = (nil, 0)
        while bytes == nil {
            bytes = watches.step(now: 1)
            steps += 1
        }
        #expect(steps > 5)
        guard case .statistics(1, let statistics)? = try bytes.flatMap({ try BrokerFrame(decoding: $0) }) else {
            return fail("another frame")
        }
        #expect(statistics.topics?.rows.map(\.id) == Array(1...300))
        #expect(statistics.topics?.matching == 900)
    }
}
