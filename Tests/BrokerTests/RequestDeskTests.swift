import Testing
import ZaichikProtocol

@testable import ZaichikBroker

/// Records that something else came than a test waits for.
func fail(_ what: Comment) { Issue.record(what) }

@Suite("The desk for a connection's requests")
struct RequestDeskTests {
    private func listing(_ names: [String]) -> Listing<ClientStatistics> {
        let order = ListOrder(ClientQuery())
        let rows = names.enumerated().map { id, name in
            var row = ClientStatistics()
            row.id = UInt64(id)
            row.name = name
            return Ranked(key: 0, order: order, row: row)
        }
        return Listing(rows: RowParts(rows), matching: names.count)
    }

    private func topics(_ count: Int) throws -> Listing<Topic> {
        let order = ListOrder(TopicQuery())
        let budget = MemoryBudget(limit: 1 << 20)
        let rows = try (0..<count).map { number in
            Ranked(
                key: 0, order: order,
                row: Topic(
                    id: UInt32(number + 1), name: try TopicName("t.\(number)"), settings: TopicSettings(),
                    budget: budget))
        }
        return Listing(rows: RowParts(rows), matching: count)
    }

    /// Everything that is sent until something has to be gathered.
    private func frames(_ desk: inout RequestDesk, rows: Int = 10) -> [BrokerFrame] {
        var frames: [BrokerFrame] = []
        while desk.hasWork {
            switch desk.next(rows: rows, now: 1) {
            case .send(let frame): frames.append(frame)
            case .proceed: continue
            case .sendBytes, .wait, .gatherTopics, .gatherClients, .inspect, .inspectTopic, .gatherSessions,
                .inspectSession, .act, .order, .peek, .observe:
                return frames
            }
        }
        return frames
    }

    // MARK: Sessions

    @Test("a session that does not exist is an error under its request, and the next request is answered")
    func unknownSession() throws {
        var desk = RequestDesk()
        try desk.ask(.session(request: 7, "burrow", limit: .max))
        try desk.ask(.sessions(request: 8, SessionQuery(limit: 1)))
        guard case .inspectSession(let name, from: nil, rows: 10, limit: .max) = desk.next(rows: 10, now: 1) else {
            Issue.record("the session is not looked at")
            return
        }
        #expect(name.string == "burrow")
        #expect(!desk.hasWork)
        desk.gathered(SessionPage?.none)
        let frames = frames(&desk)
        #expect(
            frames == [
                .error(code: ErrorCode.unknownSession.rawValue, request: 7, message: "there is no session 'burrow'")
            ])
        desk.gathered(Listing<SessionStatistics>(rows: [], matching: 0))
        #expect(self.frames(&desk) == [.sessions(request: 8, page: RowPage(rows: [], matching: 0), isLast: true)])
    }

    // MARK: Lists

    @Test("64 requests wait, one more is refused and leaves the others as they are")
    func waitingLimit() throws {
        var desk = RequestDesk()
        for request in 1...64 as ClosedRange<UInt32> { try desk.ask(.clients(request: request, ClientQuery())) }
        #expect(throws: FrameError.self) { try desk.ask(.clients(request: 65, ClientQuery())) }
        do { try desk.ask(.client(request: 66, id: 1)) } catch {
            #expect(error.code == .tooManyRequests)
            #expect(error.request == 66)
        }
        #expect(desk.asked == 64)
        for request in 1...64 as ClosedRange<UInt32> {
            guard case .gatherClients = desk.next(rows: 10, now: 1) else { return fail("no gathering") }
            desk.gathered(listing([]))
            let page = RowPage<ClientStatistics>(rows: [], matching: 0)
            guard case .send(let frame) = desk.next(rows: 10, now: 1) else { return fail("no page") }
            #expect(frame == .clients(request: request, page: page, isLast: true))
        }
        #expect(!desk.areOutstanding)
    }

    @Test("requests are gathered for one at a time, each after the previous answer was sent completely")
    func oneAtATime() throws {
        var desk = RequestDesk()
        try desk.ask(.topics(request: 1, TopicQuery(limit: 3)))
        try desk.ask(.clients(request: 2, ClientQuery(limit: 4)))
        #expect(desk.hasWork)
        guard case .gatherTopics(TopicQuery(limit: 3)) = desk.next(rows: 10, now: 1) else {
            return fail("no gathering of topics")
        }
        #expect(!desk.hasWork)
        guard case .wait = desk.next(rows: 10, now: 1) else { return fail("two at a time") }
        desk.gathered(try topics(3))
        #expect(desk.answered == 0)
        #expect(frames(&desk).count == 1)
        #expect(desk.answered == 1)
        // Sending what there was has begun the next one.
        #expect(!desk.hasWork)
        desk.gathered(listing(["hare"]))
        #expect(frames(&desk).count == 1)
        #expect(desk.answered == desk.asked)
    }

    @Test(
        "an answer goes out in pages of no more rows than were asked for, the last one marked",
        arguments: [0, 1, 10, 11, 35])
    func pages(count: Int) throws {
        var desk = RequestDesk()
        try desk.ask(.topics(request: 1, TopicQuery()))
        _ = desk.next(rows: 10, now: 1)
        desk.gathered(try topics(count))
        let sent = frames(&desk)
        #expect(sent.count == max((count + 9) / 10, 1))
        var names: [String] = []
        for (index, frame) in sent.enumerated() {
            guard case .topics(1, let page, let isLast) = frame else { return fail("another frame") }
            #expect(page.rows.count <= 10)
            #expect(page.matching == count)
            #expect(isLast == (index == sent.count - 1))
            names += page.rows.map(\.name)
        }
        #expect(names == (0..<count).map { "t.\($0)" })
    }

    @Test("the rows of a page are made when it is sent")
    func rowsAreMadeLate() throws {
        var desk = RequestDesk()
        try desk.ask(.topics(request: 1, TopicQuery()))
        _ = desk.next(rows: 1, now: 1)
        let listing = try topics(2)
        desk.gathered(listing)
        _ = desk.next(rows: 1, now: 1)
        listing.rows[1].row.locked { $0.counters.duplicates = 7 }
        guard case .send(.topics(_, let page, true)) = desk.next(rows: 1, now: 1) else {
            return fail("no last page")
        }
        #expect(page.rows.first?[.duplicateMessages] == 7)
    }

    // MARK: One client

    private func page(_ topics: Int, isLast: Bool) -> InspectionPage {
        var detail = ClientDetail(client: ClientStatistics(), subscriptions: [], topics: [])
        detail.topics = Array(repeating: ClientTopicStatistics(), count: topics)
        let place = InspectionPlace(client: detail.client, loop: 0, seat: 0, subscriptions: 0, slots: topics)
        return InspectionPage(detail: detail, next: isLast ? nil : place)
    }

    @Test("a page about a client is asked for when the one before was sent, and not earlier")
    func inspection() throws {
        var desk = RequestDesk()
        try desk.ask(.client(request: 1, id: 5))
        guard case .inspect(5, nil, 10) = desk.next(rows: 10, now: 1) else { return fail("no look") }
        desk.gathered(page(10, isLast: false))
        guard case .send(.client(1, _, false)) = desk.next(rows: 10, now: 1) else {
            return fail("no page")
        }
        #expect(desk.hasWork)
        guard case .inspect(5, let place?, 10) = desk.next(rows: 10, now: 1) else {
            return fail("no second look")
        }
        #expect(place.slots == 10)
        desk.gathered(page(3, isLast: true))
        guard case .send(.client(1, _, true)) = desk.next(rows: 10, now: 1) else {
            return fail("no last page")
        }
        #expect(desk.answered == 1)
    }

    @Test("asking for an unknown client is an error; one that leaves between two pages ends the answer")
    func clientGone() throws {
        var desk = RequestDesk()
        try desk.ask(.client(request: 1, id: 5))
        try desk.ask(.client(request: 2, id: 6))
        _ = desk.next(rows: 10, now: 1)
        desk.gathered(nil as InspectionPage?)
        guard case .send(.error(ErrorCode.unknownClient.rawValue, 1, _)) = desk.next(rows: 10, now: 1) else {
            return fail("no error")
        }
        _ = desk.next(rows: 10, now: 1)
        desk.gathered(page(10, isLast: false))
        _ = desk.next(rows: 10, now: 1)
        _ = desk.next(rows: 10, now: 1)
        desk.gathered(nil as InspectionPage?)
        guard case .send(.client(2, let last, true)) = desk.next(rows: 10, now: 1) else {
            return fail("no last page")
        }
        #expect(last.topics.isEmpty)
        #expect(!desk.areOutstanding)
    }
}
