import DequeModule
import NIOCore
import ZaichikProtocol

/// One event loop's part of the broker: its connections, its wake-ups, its timer.
///
/// Touched on its loop only, but for ``post(_:)`` and ``resume()``; that is what makes it sendable.
final class LoopShard: @unchecked Sendable {
    let index: Int
    let eventLoop: any EventLoop
    /// Set before the loop serves anybody, and taken away when it has served everybody.
    private(set) var core: BrokerCore!
    let load = LoopLoad()
    private let mailbox = Mailbox()
    private var slots: [ConnectionHandler?] = []
    private var generations: [UInt32] = []
    private var freeSlots: [UInt32] = []
    /// Topics used on this loop, by id.
    private var topics: [Topic?] = []
    /// What this step has to tell.
    var wakes: WakeList
    private var isAppending = false
    /// Connections that have something to send.
    private var dirty: [ConnectionHandler] = []
    /// Connections that have more to send than one turn gives, in the order in which they have another.
    private var unfinished: Deque<ConnectionHandler> = []
    private var isFlushScheduled = false
    private var selfWake: SelfWake?
    /// Connections with readers that the horizon stopped.
    private var stopped: [ConnectionHandler] = []
    /// When this step began, in µs since 1970: what happens in one step happens at one time.
    private(set) var now: UInt64 = 0
    var totals = Totals()
    private var sampled = Totals()
    /// What was counted in the last second.
    private(set) var rates = Totals()
    /// The buffer into which the loop's connections read; nothing, while one of them has it.
    private var sharedBuffer: ByteBuffer?
    private var ticks = 0
    /// The loop's time and its thread's processor time at the last tick, in µs.
    private var lastTick: (now: UInt64, worked: UInt64) = (0, 0)
    /// What is left in this tick for forgetting keys.
    var forgettingSteps = 0
    /// What is done behind the sockets, a step at a time.
    private(set) lazy var background = BackgroundWork { [unowned self] in scheduleFlush() }
    private(set) lazy var gatherings = Gatherings(shard: self)

    struct Totals {
        var published: UInt64 = 0
        var publishedBytes: UInt64 = 0
        var delivered: UInt64 = 0
        var deliveredBytes: UInt64 = 0
        var committed: UInt64 = 0
        var gaps: UInt64 = 0
        var duplicates: UInt64 = 0
        var rejected: UInt64 = 0
        var protocolErrors: UInt64 = 0
        var skippedUpdates: UInt64 = 0
        var batches: UInt64 = 0
        /// Of another loop by this one.
        var wakeups: UInt64 = 0
    }

    init(index: Int, eventLoop: any EventLoop, count: Int) {
        self.index = index
        self.eventLoop = eventLoop
        wakes = WakeList(shards: count)
    }

    /// Begins to serve.
    func open(_ core: BrokerCore) { self.core = core }

    /// Lets the loop go on behind its sockets; without, it goes on before it looks at them.
    func openSelfWake() -> EventLoopFuture<Void> {
        SelfWake.open(on: eventLoop, opened: { self.selfWake = $0 }, woken: { self.goOn() })
    }

    /// Ends serving, when all connections are gone.
    func close() {
        eventLoop.preconditionInEventLoop()
        core = nil
        topics.removeAll()
        unfinished.removeAll()
        background.close()
        gatherings.close()
        selfWake?.close()
        selfWake = nil
    }

    // MARK: Connections

    var connections: some Sequence<ConnectionHandler> { slots.lazy.compactMap { $0 } }

    /// Does something on this loop, if it still serves anybody. From any thread.
    func onLoop(_ body: @escaping @Sendable (LoopShard) -> Void) {
        eventLoop.execute {
            guard self.core != nil else { return }
            body(self)
        }
    }

    /// Gives a connection its place.
    func admit(_ make: (ClientHandle) -> ConnectionHandler) -> ConnectionHandler {
        eventLoop.preconditionInEventLoop()
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(slots.count)
            slots.append(nil)
            generations.append(0)
        }
        let connection = make(
            ClientHandle(shard: UInt16(index), slot: slot, generation: generations[Int(slot)]))
        slots[Int(slot)] = connection
        return connection
    }

    func dismiss(_ handle: ClientHandle) {
        slots[Int(handle.slot)] = nil
        generations[Int(handle.slot)] &+= 1
        freeSlots.append(handle.slot)
        load.connectionGone()
    }

    private func connection(_ handle: ClientHandle) -> ConnectionHandler? {
        guard generations[Int(handle.slot)] == handle.generation else { return nil }
        return slots[Int(handle.slot)]
    }

    /// The topic with an id, as far as there is one.
    @inline(__always)
    func topic(_ id: UInt32) -> Topic? {
        if Int(id) < topics.count, let topic = topics[Int(id)] { return topic }
        return lookUp(id)
    }

    private func lookUp(_ id: UInt32) -> Topic? {
        guard let topic = core.registry.topic(id: id) else { return nil }
        while topics.count <= Int(id) { topics.append(nil) }
        topics[Int(id)] = topic
        return topic
    }

    // MARK: Reading

    /// The buffer into which the loop's connections read.
    func readBuffer() -> ByteBuffer {
        guard var buffer = sharedBuffer else {
            return ByteBufferAllocator().buffer(capacity: ReadBuffers.sharedCapacity)
        }
        sharedBuffer = nil
        buffer.clear()
        return buffer
    }

    /// Takes a buffer back of which nothing is used any more.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.storageCapacity == ReadBuffers.sharedCapacity { sharedBuffer = buffer }
    }

    // MARK: Appending and waking

    /// The stamp for what is appended next. ``finishAppending()`` follows before anything is delivered.
    func stamp() -> UInt64 {
        guard isAppending else {
            isAppending = true
            return core.order.begin(shard: index)
        }
        return core.order.stamp()
    }

    /// Tells every loop, once, of all that was appended in this step.
    func finishAppending() {
        wakes.drain { shard, wakes in
            if shard == index { deliver(wakes) } else if core.shards[shard].post(wakes) { totals.wakeups += 1 }
        }
        guard isAppending else { return }
        isAppending = false
        core.order.end(shard: index) { if core.shards[$0].resume() { totals.wakeups += 1 } }
    }

    /// From any thread.
    ///
    /// - Returns: Whether the loop had to be woken.
    private func post(_ wakes: [Wake]) -> Bool {
        let isAsleep = mailbox.post(wakes)
        if isAsleep { eventLoop.execute { self.mailArrived() } }
        return isAsleep
    }

    /// From any thread.
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

    /// A step begins: something has come, or it is time for something.
    func beginStep() { now = core.now() }

    private func fetchMail(isWoken: Bool) {
        guard let content = mailbox.fetch(isWoken: isWoken) else { return }
        deliver(content.wakes)
        if content.resumes {
            for connection in stopped { markDirty(connection) }
            stopped.removeAll(keepingCapacity: true)
        }
    }

    private func deliver(_ wakes: [Wake]) {
        for wake in wakes {
            if let connection = connection(wake.waiter.client) {
                connection.wake(wake)
                markDirty(connection)
            }
            if wake.isFirstMessage { topic(wake.topicID)?.locked { $0.readersToCome -= 1 } }
        }
    }

    // MARK: Sending

    func markDirty(_ connection: ConnectionHandler) {
        guard !connection.isDirty else { return }
        connection.isDirty = true
        dirty.append(connection)
    }

    /// How many connections have something to send.
    var dirtyCount: Int { dirty.count }

    /// Lets every connection that has something send it. The horizon is read before the mail: see ``ArrivalOrder``.
    ///
    /// - Parameter last: Called when those have had their turn that have something now; what it makes others send is
    ///   sent, too.
    func flush(before last: () -> Void = {}) {
        guard core != nil else { return }
        finishAppending()
        turns()
        last()
        // A turn may have published what waited: its stamp must not hold up the readers here.
        finishAppending()
        turns()
        // A turn may have made room for publishes that waited.
        finishAppending()
        if !dirty.isEmpty || !unfinished.isEmpty || !background.isEmpty { scheduleFlush() }
    }

    private func turns() {
        guard !dirty.isEmpty else { return }
        let horizon = core.order.horizon
        fetchMail(isWoken: false)
        var next: [ConnectionHandler] = []
        swap(&next, &dirty)
        for connection in next { connection.isDirty = false }
        for connection in next {
            // Who has more to come than a turn gives has its next one when it is its turn again.
            turn(connection, horizon: horizon, budget: connection.isUnfinished ? 0 : Self.turnBudget)
        }
        next.removeAll(keepingCapacity: true)
        if dirty.isEmpty { swap(&next, &dirty) }
    }

    /// What one connection may take before others have their turn, in bytes: a whole read of long frames.
    private static let turnBudget = 512 << 10
    /// What it may take in later turns.
    private static let laterBudget = 256 << 10

    private func turn(_ connection: ConnectionHandler, horizon: UInt64, budget: Int) {
        switch connection.turn(now: now, horizon: horizon, budget: budget) {
        case .done: break
        case .more:
            guard !connection.isUnfinished else { return }
            connection.isUnfinished = true
            unfinished.append(connection)
        case .horizon:
            stopped.append(connection)
            if core.order.stopped(shard: index, at: horizon) { markDirty(connection) }
        }
    }

    /// Others come first: what is left over goes on when the loop has looked at its sockets.
    func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        if selfWake?.wake() != true { eventLoop.execute { self.goOn() } }
    }

    /// One of those with more to send has a turn, however many there are: nobody else waits for longer than that.
    private func goOn() {
        isFlushScheduled = false
        guard core != nil else { return }
        beginStep()
        if let next = unfinished.popFirst() {
            next.isUnfinished = false
            let horizon = core.order.horizon
            fetchMail(isWoken: false)
            turn(next, horizon: horizon, budget: Self.laterBudget)
        }
        background.step(now: now)
        flush()
    }

    // MARK: Time

    /// How often ``tick()`` is called, in ms: each second in twenty parts, so that none takes a millisecond with
    /// 100,000 topics.
    static let tickInterval: Int64 = 50
    private static let ticksPerSecond = 20

    func tick() {
        beginStep()
        measureLoad()
        let part = ticks % Self.ticksPerSecond
        ticks += 1
        forgettingSteps = TopicState.forgettingSteps
        // A second's worth of connections and topics is spread over its parts.
        for slot in stride(from: part, to: slots.count, by: Self.ticksPerSecond) {
            slots[slot]?.tick(now: now)
        }
        keepTopics(part, now: now)
        if part == 0 { sampleRates() }
        gatherings.tick()
        flush()
    }

    private func measureLoad() {
        let tick = (now: NIODeadline.now().uptimeNanoseconds / 1000, worked: Machine.threadTime())
        let elapsed = tick.now - lastTick.now
        if lastTick.now > 0, elapsed > 0 { load.worked(Int((tick.worked - lastTick.worked) * 1000 / elapsed)) }
        lastTick = tick
    }

    /// Each loop keeps its share of the topics.
    private func keepTopics(_ part: Int, now: UInt64) {
        let all = core.registry.all
        let loops = core.shards.count
        for id in stride(from: part * loops + index, through: all.count, by: Self.ticksPerSecond * loops) {
            all[UInt32(id)]?.locked { state in state.secondPassed(now: now, wakes: &wakes, steps: &forgettingSteps) }
        }
    }

    private func sampleRates() {
        rates.published = totals.published - sampled.published
        rates.delivered = totals.delivered - sampled.delivered
        rates.committed = totals.committed - sampled.committed
        sampled = totals
    }
}

extension LoopShard: ObservedSeats {
    var seatCount: Int { slots.count }
    func client(at seat: Int) -> ConnectionHandler? { slots[seat] }
}
