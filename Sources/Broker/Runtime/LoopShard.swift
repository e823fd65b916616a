import DequeModule
import NIOCore
import ZaichikProtocol

/// One event loop's part of the broker: its seats, its turns, and its wakes for other loops.
///
/// Touched on its loop only, but for ``post(_:)`` and ``resume()``; that is what makes it sendable.
final class LoopShard: @unchecked Sendable {
    let index: Int
    let eventLoop: any EventLoop
    /// Set before the loop serves its first client, and removed after the last one.
    private(set) var core: BrokerCore!
    let load = LoopLoad()
    private let mailbox = Mailbox()
    private(set) var connections: Seats<Connection>
    private(set) var readers: Seats<ReaderSeat>
    var sessions: Seats<Session>
    var absentLooks = AbsentLooks()
    var turns = TurnOrder<Connection>()
    /// Topics used on this loop.
    var topics = TopicCache()
    /// The notifications of this step.
    var wakes: WakeList
    private var isAppending = false
    private var isFlushScheduled = false
    private var selfWake: SelfWake?
    /// Work that is done after the sockets, a step at a time.
    private(set) lazy var background = BackgroundWork { [unowned self] in scheduleFlush() }
    private(set) lazy var gatherings = Gatherings(shard: self)
    /// Clients that have gone and channels that are to be closed.
    private(set) lazy var departures = Departures(eventLoop: eventLoop, background: background)
    /// Topics of which a delayed message is due soon.
    private(set) lazy var delays = DelayWatch(eventLoop: eventLoop) { [weak self] in self?.delaysAreOver($0) }
    /// The start of this step, in µs since 1970: everything in one step happens at the same time.
    private(set) var now: UInt64 = 0
    private var clock = BrokerClock()
    var totals = LoopTotals()
    private var alarms = ReaderAlarms()
    /// What queues of this loop have lost in this second.
    var gaps = GapNews()
    /// Queues that have news of traced messages.
    let traceDesk = TraceDesk()
    /// Figures that are gathered once a second.
    var ticker = Ticker()
    var buffers = ReadBufferPool()

    init(index: Int, eventLoop: any EventLoop, count: Int) {
        self.index = index
        self.eventLoop = eventLoop
        wakes = WakeList(shards: count)
        connections = Seats(shard: index)
        readers = Seats(shard: index)
        sessions = Seats(shard: index)
    }

    /// Whether the loop serves clients.
    var isServing: Bool { core != nil }

    /// Begins to serve.
    func open(_ core: BrokerCore) { self.core = core }

    /// Wakes the loop after it has looked at its sockets; if nil, the loop continues before it looks at them.
    func openSelfWake() -> EventLoopFuture<Void> {
        SelfWake.open(on: eventLoop, opened: { self.selfWake = $0 }, woken: { self.continueAfterSockets() })
    }

    /// Ends serving, when all connections are gone.
    func close() {
        eventLoop.preconditionInEventLoop()
        core = nil
        topics.removeAll()
        turns.removeAll()
        alarms.removeAll()
        background.close()
        departures.close()
        gatherings.close()
        for session in sessions.all { session.awake?.keeper = nil }
        selfWake?.close()
        selfWake = nil
    }

    /// Runs a closure on this loop, if the loop still serves clients. May be called from any thread.
    func onLoop(_ body: @escaping @Sendable (LoopShard) -> Void) {
        eventLoop.execute {
            guard self.isServing else { return }
            body(self)
        }
    }

    // MARK: Seats

    /// Gives a connection and its reader their seats.
    func admit(_ arrival: Arrival) -> Connection {
        eventLoop.preconditionInEventLoop()
        let reader = newReader(acceptStamp: arrival.acceptStamp)
        return connections.admit { Connection(arrival, handle: $0, reader: reader, core: core, shard: self) }
    }

    /// Gives a new reader its seat.
    func newReader(acceptStamp: UInt64) -> Reader {
        let seat = readers.admit {
            .reader(Reader(handle: $0, budget: core.budget, acceptStamp: acceptStamp))
        }
        return seat.reader!
    }

    /// Puts the queue of a session that is alone into less memory, if it can be.
    func fold(_ session: Session) {
        if session.fold() { readers.exchange(session.readerHandle, for: .folded(session)) }
    }

    /// The reader of a session, which is made anew if it is folded.
    func unfold(_ session: Session) -> Reader {
        if let reader = session.awake { return reader }
        guard let reader = session.unfold(now: now, budget: core.budget) else {
            preconditionFailure("a session has a reader, or is folded")
        }
        readers.exchange(session.readerHandle, for: .reader(reader))
        return reader
    }

    func dismiss(_ reader: Reader) { readers.dismiss(reader.handle) }

    func dismiss(_ connection: Connection) {
        dismiss(connection.reader)
        connections.dismiss(connection.handle)
        load.connectionGone()
    }

    /// The reader with a handle, which is made anew if it is folded; nil if it is gone.
    func reader(_ handle: ReaderHandle) -> Reader? {
        switch readers[handle] {
        case nil: nil
        case .reader(let reader): reader
        case .folded(let session): unfold(session)
        }
    }

    /// The topic with an id; nil if there is none.
    @inline(__always)
    func topic(_ id: UInt32) -> Topic? { topics.topic(id, core.registry) }

    // MARK: Appending and waking

    /// Begins a step, because of input or because of the time.
    func beginStep() { now = core.configuration.clock?() ?? clock.now() }

    /// The stamp for what is appended next. ``finishAppending()`` follows before anything is delivered.
    func stamp() -> UInt64 {
        guard isAppending else {
            isAppending = true
            return core.order.begin(shard: index)
        }
        return core.order.stamp()
    }

    /// The first of so many stamps that follow each other, with those of no other run between them.
    func stamps(_ count: Int) -> UInt64 {
        guard isAppending else {
            isAppending = true
            return core.order.begin(shard: index, runs: UInt64(count))
        }
        return core.order.stamps(UInt64(count))
    }

    /// Posts all wakes of this step, once for each loop.
    func finishAppending() {
        if !wakes.isEmpty {
            let own = wakes.drain(own: index) { if core.shards[$0].post($1) { totals.wakeups += 1 } }
            deliver(own)
            wakes.giveBack(consume own)
        }
        guard isAppending else { return }
        isAppending = false
        core.order.end(shard: index) { if core.shards[$0].resume() { totals.wakeups += 1 } }
    }

    /// May be called from any thread.
    ///
    /// - Returns: Whether the loop had to be woken.
    private func post(_ wakes: [Wake]) -> Bool {
        let isAsleep = mailbox.post(wakes)
        if isAsleep { eventLoop.execute { self.mailArrived() } }
        return isAsleep
    }

    /// May be called from any thread.
    ///
    /// - Returns: Whether the loop had to be woken.
    private func resume() -> Bool {
        let isAsleep = mailbox.postResume()
        if isAsleep { eventLoop.execute { self.mailArrived() } }
        return isAsleep
    }

    private func mailArrived() {
        guard core != nil else { return }
        beginStep()
        fetchMail(isWoken: true)
        flush()
    }

    private func fetchMail(isWoken: Bool) {
        guard let content = mailbox.fetch(isWoken: isWoken) else { return }
        deliver(content.wakes)
        if content.resumes { turns.resumeStopped() }
    }

    /// The tenant of a seat may have changed since a wake was sent: then the wake is ignored, or passed on to the next
    /// waiter if it was about room.
    private func deliver(_ wakes: [Wake]) {
        for wake in wakes {
            switch wake {
            case .messageVisible(let waiter, let topicID, let stamp):
                readers[waiter.reader]?.reader?.messageVisible(slot: waiter.slot, topicID: topicID, stamp: stamp)
            case .topicCreated(let reader, let topicID):
                guard let topic = topic(topicID) ?? core.registry.leaving(topicID) else { continue }
                readers[reader]?.reader?.topicCreated(topic, now: now)
                if topic.locked({ $0.readerHasCome() }) { lastReaderHasCome(to: topic) }
            case .roomMade(let publisher, let topicID):
                if let connection = connections[publisher] {
                    connection.roomMade(in: topicID)
                } else {
                    topic(topicID)?.locked { $0.wakeBlocked(&self.wakes) }
                }
            case .publishReleased(let publisher, let topicID):
                // What was accepted by a topic that is gone is answered for as accepted.
                let head = topic(topicID)?.locked { $0.log.headSequence } ?? .max
                connections[publisher]?.released(topicID, upTo: head)
            }
        }
    }

    // MARK: Turns

    /// Gives every connection that has something to send its turn. The horizon is read before the mail: see
    /// ``ArrivalOrder``.
    ///
    /// - Parameter last: Called after the connections that are due now; what it makes others send is sent, too.
    func flush(before last: () -> Void = {}) {
        guard core != nil else { return }
        appendReports()
        finishAppending()
        giveTurns()
        last()
        appendReports()
        // A turn may have published what waited: its stamp must not delay the readers here.
        finishAppending()
        giveTurns()
        // A turn may have made room for publishes that waited.
        finishAppending()
        let isDone = turns.isEmpty && background.isEmpty && wakes.isEmpty
        if !isDone || core.reports.areWaiting || traceDesk.hasNews { scheduleFlush() }
    }

    private func giveTurns() {
        guard turns.dueCount > 0 else { return }
        let horizon = core.order.horizon
        fetchMail(isWoken: false)
        // Connections that become due meanwhile have their turn next time.
        for _ in 0..<turns.dueCount {
            guard let connection = turns.takeDue() else { return }
            // A connection with more to send than a turn allows gets its next turn later.
            giveTurn(connection, horizon: horizon, budget: connection.turnState.hasMore ? 0 : Self.turnBudget)
        }
    }

    /// Bytes that one connection may be sent before others have their turn: a whole read of long frames.
    private static let turnBudget = 512 << 10
    /// Bytes that it may be sent in later turns.
    private static let laterBudget = 256 << 10

    private func giveTurn(_ connection: Connection, horizon: UInt64, budget: Int) {
        switch connection.turn(now: now, horizon: horizon, budget: budget) {
        case .done: break
        case .more: turns.continueLater(connection)
        case .horizon:
            turns.stopAtHorizon(connection)
            if core.order.stopped(shard: index, at: horizon) { turns.markDue(connection) }
        }
    }

    /// Others come first: the rest continues when the loop has looked at its sockets.
    func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        if selfWake?.wake() != true { eventLoop.execute { self.continueAfterSockets() } }
    }

    /// Gives one connection with more to send a turn, and does one step of the background work, so that no other client
    /// waits longer than that.
    private func continueAfterSockets() {
        isFlushScheduled = false
        guard core != nil else { return }
        beginStep()
        if let next = turns.takeContinuing() {
            let horizon = core.order.horizon
            fetchMail(isWoken: false)
            giveTurn(next, horizon: horizon, budget: Self.laterBudget)
        }
        background.step(now: now)
        flush()
    }

    // MARK: Time

    func tick() {
        beginStep()
        clock.follow()
        ticker.measureLoad(load)
        ticker.forgettingSteps = TopicState.forgettingSteps
        tickSessions()
        lookAtAlarms()
        lookAtConnections()
        keepTopics()
        if ticker.beginsSecond {
            core.note(totals.refusals, loop: index)
            tellGaps()
        }
        ticker.sample(totals, connections: load.value.connections, now: now)
        ticker.tickPassed()
        gatherings.tick()
        flush()
    }

    /// So much is looked at at once: a client takes 1, and as much for each 16 topics that it may be behind in.
    private static let looksAtOnce = 64

    /// Each connection is looked at once a second: those of this tick a few at a time, the others of them after the sockets.
    private func lookAtConnections() {
        var seats = ticker.seats(of: connections.count).makeIterator()
        let step = { [unowned self] () -> Bool in
            var left = Self.looksAtOnce
            while left > 0 {
                guard let seat = seats.next() else { return false }
                guard let connection = connections[seat] else { continue }
                connection.tick(now: now)
                let reader = connection.reader
                left -= 1 + (reader.queue.hasLag ? reader.queue.cursors.slots.count / 16 : 0)
            }
            return true
        }
        if step() { background.add { _ in step() } }
    }

    /// Has the loop look at a reader when it is time.
    @inline(__always)
    func setAlarm(_ reader: Reader) {
        if reader.heedsTime { alarms.set(reader) }
    }

    /// After a change of a queue, by whatever connection: holds move, and what may be delivered is.
    func queueChanged(_ reader: Reader) {
        reader.queue.releaseCommitted(wakes: &wakes)
        setAlarm(reader)
        if reader.queue.isSettling { return settleInBackground(reader) }
        if reader.queue.hasReady { reader.wakeOwner() }
    }

    private func lookAtAlarms() {
        while let (handle, time) = alarms.next(now: now) {
            guard let reader = readers[handle]?.reader, reader.alarm == time else { continue }
            reader.alarm = .max
            if let pause = reader.endPause(now: now) { pauseEnded(pause, of: reader) }
            reader.timePassed(now: now, wakes: &wakes)
            if reader.queue.isSettling { settleInBackground(reader) }
            alarms.set(reader)
        }
    }
}

extension LoopShard: ObservedSeats {
    /// Connections and sessions have every other seat, so that each keeps its place while there are more of them.
    var seatCount: Int { 2 * max(connections.count, sessions.count) }

    func client(at seat: Int) -> LoopClient? {
        let place = seat / 2
        guard seat.isMultiple(of: 2) else {
            guard place < sessions.count, let session = sessions[place], session.isListedAsClient else { return nil }
            return .session(session)
        }
        return place < connections.count ? connections[place].map { .connection($0) } : nil
    }

    /// - Returns: nil if another step is needed.
    func step(_ rows: inout TopicClientRows, topicID: UInt32, now: UInt64) -> TopicClients? {
        rows.step(
            reader: { waiter in
                let slot = Int(waiter.slot)
                return switch readers[waiter.reader] {
                case nil: nil
                case .reader(let reader): reader.topicReader(at: slot, topicID: topicID, now: now)
                case .folded(let session): session.topicReader(at: slot, topicID: topicID, now: now)
                }
            },
            publisher: { connections[$0.publisher.handle]?.topicPublisher($0, now: now) })
    }
}
