import DequeModule
import NIOCore
import ZaichikProtocol

/// A client's side of one connection, as a pure state machine: an event in, bytes and actions out. It touches neither
/// a socket nor a clock.
struct ConnectionMachine: Sendable {
    enum Phase: Equatable, Sendable {
        /// No connection, or none yet.
        case disconnected
        /// Connected; HELLO is sent, WELCOME is awaited.
        case greeting
        case ready
        /// CLOSE is sent or about to be.
        case closing
        case ended(ClientError)
    }

    enum Action: Equatable, Sendable {
        case resume(Resumption)
        case event(ClientEvent)
        case statistics(WatchID, StatisticsUpdate)
        /// A watch was refused by the broker of a later connection.
        case watchEnded(WatchID, ClientError)
        /// The connection must end.
        case fail(ClientError)
    }

    struct Watch: Sendable {
        var request: WatchRequest
        /// The number under which this connection pushes it.
        var number: UInt32?
    }

    private(set) var phase = Phase.disconnected
    var welcome = Welcome(
        connectionID: 0, maximumFrame: UInt32(FrameLimits.standard), window: 0, brokerName: "", version: "")
    var output = OutputQueue()
    var publishes: PublishLedger
    /// The publishes of a named producer; nil if it has no name.
    var keep: PublishKeep?
    var commits = CommitLedger()
    var requests = RequestTable()
    var topicIDs: [TopicName: UInt32] = [:]
    var topicWaiters: [TopicName: [WaiterID]] = [:]
    private(set) var subscriptions: [Subscription] = []
    var watches: [WatchID: Watch] = [:]
    var watchNumbers: [UInt32: WatchID] = [:]
    private(set) var window: UInt32
    /// 0 if the bytes in flight are not bounded.
    private(set) var windowKibibytes: UInt32
    var liveness: Liveness
    /// Why the broker says that it ends the connection.
    private(set) var farewell: ClientError?
    /// How long the broker wants this client to stay away when it has ended the connection; nil if it has not said.
    private var retryAfter: Duration?
    private var hello: Hello
    private let silence: TimeAmount
    /// Whether there was a connection before.
    private var wasWelcomed = false
    /// Whether the broker is another process than that of the connection before.
    private var isOtherBroker = false
    /// Patterns unsubscribed from since ``takeForgotten()``.
    private var forgotten: [TopicPattern] = []

    /// - Parameters:
    ///   - windowBytes: nil if the bytes in flight are not bounded.
    ///   - silence: After this silence the broker is taken for gone.
    init(
        hello: Hello, windowBytes: Int? = nil, maximumUnconfirmedMessages: Int, maximumUnconfirmedBytes: Int,
        silence: TimeAmount = .seconds(10)
    ) {
        self.hello = hello
        self.silence = silence
        liveness = Liveness(silence: silence)
        window = hello.window
        windowKibibytes = Self.kibibytes(windowBytes)
        publishes = PublishLedger(maximumMessages: maximumUnconfirmedMessages, maximumBytes: maximumUnconfirmedBytes)
        if hello.producer != nil { keep = PublishKeep() }
    }

    /// Whether an answer of the broker is awaited.
    var awaitsAnswers: Bool {
        phase != .ready || !requests.isEmpty || publishes.awaitsAnswers || liveness.awaitsAnswers
    }

    /// The socket is connected.
    mutating func connected(now: NIODeadline) {
        phase = .greeting
        farewell = nil
        hello.window = window
        liveness = Liveness(silence: silence, heard: now)
        output = OutputQueue()
        output.append(.request) { $0.writeBytes(Preface.bytes) }
        output.append(.hello(hello))
    }

    /// Takes what is to be sent now, commits first.
    ///
    /// - Parameter isWritable: Whether the socket takes publishes without having them wait in memory.
    /// - Returns: nil if there is nothing to send now.
    mutating func takeOutput(isWritable: Bool = true) -> ByteBuffer? {
        guard phase == .ready || phase == .closing else { return output.take(isWritable: isWritable) }
        var bytes = takeSettled()
        guard bytes.readableBytes > 0 else { return output.take(isWritable: isWritable) }
        if let rest = output.take(isWritable: isWritable) { bytes.writeImmutableBuffer(rest) }
        return bytes
    }

    /// Why nothing can be asked now; nil if it can.
    var obstacle: ClientError? {
        switch phase {
        case .ready: nil
        case .disconnected, .greeting: .notConnected
        case .closing: .closed
        case .ended(let error): error
        }
    }

    /// How long this client is to stay away; nil if it may come at once.
    mutating func takeRetryAfter() -> Duration? {
        defer { retryAfter = nil }
        return retryAfter
    }

    // MARK: Frames of the broker

    mutating func receive(_ frame: BrokerFrame, now: NIODeadline) -> [Action] {
        if phase == .greeting { return greet(frame) }
        switch frame {
        case .ping(let token, let atOnce):
            output.append(.pong(token, atOnce: atOnce))
            return []
        case .pong(let token, _): return liveness.pong(token, now: now)
        case .welcome: return [.fail(ClientError(.connectionLost, "the broker said WELCOME twice"))]
        case .goodbye(let code, let reason): return [goodbye(code, reason)]
        case .retryAfter(let milliseconds):
            retryAfter = .milliseconds(Int64(clamping: milliseconds))
            return []
        case .ok(let request, let detail): return answered(request, .detail(detail))
        case .error(let code, let request, let message): return error(code, request, message)
        case .confirm(let number): return answered { $0.confirm(upTo: number) }
        case .reject(let code, let number, let message):
            forgetTopicIDs(ifUnknown: code)
            return answered { $0.reject(number, .refused(code, message)) }
        case .receipt(let outcome, let number, _, let sequence, let queues):
            let receipt = Receipt(outcome: outcome, sequence: sequence, queues: queues)
            return answered { $0.receive(receipt, for: number) }
        case .topic(let request, let id, _, _): return request == 0 ? [] : answered(request, .topicID(id))
        case .topics(let request, let page, let isLast):
            return paged(request, isLast) { $0.adding(page) }
        case .clients(let request, let page, let isLast):
            return paged(request, isLast) { $0.adding(page) }
        case .client(let request, let detail, let isLast):
            return paged(request, isLast) { $0.adding(detail) }
        case .topicDetail(let request, let detail): return answered(request, .topic(detail))
        case .statistics(let number, let update):
            return watchNumbers[number].map { [.statistics($0, update)] } ?? []
        case .blocked(let isBlocked, _, _):
            output.isBlocked = isBlocked
            return [.event(.blocked(isBlocked))]
        case .aborted(let code, let request, let part, let index, let message):
            forgetTopicIDs(ifUnknown: code)
            return aborted(request, .aborted(code, part, index, message))
        case .sessions(let request, let page, let isLast):
            return paged(request, isLast) { $0.adding(page) }
        case .sessionDetail(let request, let detail, let isLast):
            return paged(request, isLast) { $0.adding(detail) }
        case .parked(let request, let page, let isLast):
            return paged(request, isLast) { $0.adding(page) }
        case .acted(let request, let acted): return answered(request, .acted(acted))
        case .peeked(let request, let page, let isLast):
            return paged(request, isLast) { $0.adding(page) }
        case .observed(let request, let answer, let isLast):
            return paged(request, isLast) { $0.adding(answer) }
        case .deliver, .gap, .redelivery, .topicGone:
            preconditionFailure("\(frame.opcode.name) is read by InboundReader")
        }
    }

    /// The first frame is a WELCOME, or an ERROR that says why not; anything else does not come from a broker.
    private mutating func greet(_ frame: BrokerFrame) -> [Action] {
        switch frame {
        case .welcome(let welcome):
            guard keep == nil || welcome.producer != nil else {
                return [.fail(.notSupported("named producers", welcome))]
            }
            guard hello.session == nil || welcome.session != nil else {
                return [.fail(.notSupported("sessions, and would forget this one", welcome))]
            }
            isOtherBroker = wasWelcomed && welcome.incarnation != self.welcome.incarnation
            wasWelcomed = true
            let sessionBefore = self.welcome.session?.incarnation
            self.welcome = welcome
            phase = .ready
            // The window may have been changed while HELLO was under way.
            if window != hello.window || windowKibibytes > 0 { sendWindow() }
            let told = resume(hadSession: sessionBefore)
            for (id, watch) in watches { send(.watch(id, watch.request), waiter: nil) }
            return [.event(.connected(welcome))] + told + producerWelcomed(welcome)
        case .error(let code, _, let message), .goodbye(let code, let message):
            return [.fail(.refused(code, message))]
        case .retryAfter(let milliseconds):
            retryAfter = .milliseconds(Int64(clamping: milliseconds))
            return []
        case .ping, .pong, .ok, .confirm, .reject, .topic, .receipt, .deliver, .gap, .topics, .clients, .client,
            .statistics, .blocked, .topicDetail, .aborted, .topicGone, .redelivery, .sessions, .sessionDetail, .parked,
            .acted, .peeked, .observed:
            return [.fail(ClientError(.notZaichik, "its first frame is \(frame.opcode.name) instead of WELCOME"))]
        }
    }

    /// Goes on in a new connection where the one before it ended.
    ///
    /// - Parameter session: The incarnation of the session that the connection before had.
    private mutating func resume(hadSession session: UInt64?) -> [Action] {
        // In a session that goes on, the broker knows what is subscribed to and what is not done.
        guard !welcome.continues(session) else { return [] }
        for subscription in subscriptions {
            send(subscription.requestAgain(isOtherBroker: isOtherBroker), waiter: nil)
        }
        if isOtherBroker { return [.event(.brokerReplaced)] }
        return session == nil ? [] : [.event(.sessionReplaced)]
    }

    /// A topic was deleted: its subscription by name has ended, and what has its name later is another one.
    mutating func forget(_ topic: TopicName) -> [Action] {
        subscriptions.removeAll { $0.pattern.name == topic }
        topicIDs[topic] = nil
        return [.event(.topicDeleted(topic))]
    }

    private mutating func goodbye(_ code: UInt16, _ reason: String) -> Action {
        farewell = .refused(code, reason)
        return .event(.goodbye(ErrorCode(rawValue: code), reason))
    }

    private mutating func error(_ code: UInt16, _ request: UInt32, _ message: String) -> [Action] {
        let error = ClientError.refused(code, message)
        if request == 0 {
            if code == ErrorCode.commitTooLate.rawValue { return [.event(.tooLate(error))] }
            if ErrorCode(rawValue: code)?.scope == .connection { farewell = error }
            return [.event(.refused(error))]
        }
        guard let entry = requests.remove(request) else { return [.event(.refused(error))] }
        if case .topicID(let name) = entry.request {
            let failures = (topicWaiters.removeValue(forKey: name) ?? []).map { Resumption.failure($0, error) }
            return (failures + refuseKept(to: name, error)).map { .resume($0) }
        }
        if case .subscribe(let subscription) = entry.request, subscription.incarnation != nil, entry.waiter == nil,
            code == ErrorCode.otherIncarnation.rawValue
        {
            return readAnew(subscription)
        }
        if case .settle(let disposition, let numbers) = entry.request, entry.waiter == nil {
            return settleApart(disposition, numbers, error)
        }
        if case .watch(let id, _) = entry.request {
            watches[id] = nil
            if entry.waiter == nil { return [.watchEnded(id, error), .event(.refused(error))] }
        }
        return [entry.waiter.map { .resume(.failure($0, error)) } ?? .event(.refused(error))]
    }

    /// Reads a topic from its first message, as it is not the one that was read before.
    private mutating func readAnew(_ subscription: SubscriptionRequest) -> [Action] {
        send(.subscribe(subscription.starting(at: .earliest)), waiter: nil)
        // A broker that is another process was told of as such.
        guard !isOtherBroker, let name = subscription.pattern.name else { return [] }
        return [.event(.topicReplaced(name))]
    }

    private mutating func answered(_ number: UInt32, _ answer: Answer) -> [Action] {
        guard let entry = requests.remove(number) else { return [] }
        switch entry.request {
        case .topicID(let name):
            guard case .topicID(let id) = answer else { return [] }
            topicIDs[name] = id
            writeKept()
            return (topicWaiters.removeValue(forKey: name) ?? []).map { .resume(.success($0, answer)) }
        case .subscribe(let subscription):
            if !subscriptions.contains(where: { $0.pattern == subscription.pattern }) {
                subscriptions.append(Subscription(request: subscription))
            }
        case .unsubscribe(let pattern): subscriptions.removeAll { $0.pattern == pattern }
        case .settle(let disposition, let numbers):
            if entry.waiter != nil, disposition != .touch { for range in numbers { commits.settle(range) } }
        case .transaction(let transaction): for range in transaction.commits { commits.settle(range) }
        case .deleteTopic(let name, _): topicIDs[name] = nil
        case .createTopic, .listTopics, .listClients, .inspectClient, .inspectTopic, .watch, .unwatch, .createSession,
            .listSessions, .inspectSession, .deleteSession, .seek, .listParked, .settleParked, .inspectMessage,
            .act, .peek, .observe:
            break
        }
        return entry.waiter.map { [.resume(.success($0, answer))] } ?? []
    }

    /// A topic that was published to was deleted, and its id is never used again: ids are asked for anew.
    private mutating func forgetTopicIDs(ifUnknown code: UInt16) {
        if code == ErrorCode.unknownTopic.rawValue { topicIDs = [:] }
    }

    private mutating func aborted(_ number: UInt32, _ error: ClientError) -> [Action] {
        guard let waiter = requests.remove(number)?.waiter else { return [.event(.refused(error))] }
        return [.resume(.failure(waiter, error))]
    }

    private mutating func paged(_ number: UInt32, _ isLast: Bool, merge: (Answer?) -> Answer) -> [Action] {
        requests.page(number, isLast: isLast, merge: merge).map { [.resume($0)] } ?? []
    }

    // MARK: Requests of the program

    mutating func send(_ request: ClientRequest, waiter: WaiterID?, _ kind: OutputQueue.Kind = .request) {
        let number = requests.add(request, waiter: waiter)
        if case .watch(let id, let watch) = request {
            // Before the OK, so that an update that follows it at once is known.
            watches[id] = Watch(request: watch, number: number)
            watchNumbers[number] = id
        }
        if case .unsubscribe(let pattern) = request { forgotten.append(pattern) }
        output.append(request.frame(number), kind)
    }

    /// Takes what was unsubscribed from since the last time, and says what is still read. How far reading had come in
    /// topics that only the first matches is to be forgotten.
    mutating func takeForgotten() -> (forgotten: [TopicPattern], kept: [TopicPattern]) {
        guard !forgotten.isEmpty else { return ([], []) }
        defer { forgotten = [] }
        return (forgotten, subscriptions.map(\.pattern).filter { !forgotten.contains($0) })
    }

    /// Asks for a topic's id: once, however many tasks wait for it.
    ///
    /// - Parameter waiter: nil: what is kept waits for it.
    mutating func askTopicID(_ name: TopicName, waiter: WaiterID?) {
        let isAsked = topicWaiters[name] != nil
        topicWaiters[name, default: []] += waiter.map { [$0] } ?? []
        if !isAsked { send(.topicID(name), waiter: nil) }
    }

    mutating func unwatch(_ id: WatchID) {
        guard let watch = watches.removeValue(forKey: id), let number = watch.number else { return }
        watchNumbers[number] = nil
        if phase == .ready { send(.unwatch(number), waiter: nil) }
    }

    mutating func setWindow(_ window: UInt32) {
        self.window = window
        if phase == .ready { sendWindow() }
    }

    mutating func setWindow(bytes: Int?) {
        windowKibibytes = Self.kibibytes(bytes)
        if phase == .ready { sendWindow() }
    }

    private mutating func sendWindow() { output.append(.window(window, kibibytes: windowKibibytes)) }

    private static func kibibytes(_ bytes: Int?) -> UInt32 { bytes.map { UInt32(clamping: max($0 >> 10, 1)) } ?? 0 }

    mutating func ping(waiter: WaiterID, now: NIODeadline) { liveness.ping(waiter: waiter, now: now, into: &output) }

    /// Asks the broker to end the connection when everything is answered.
    mutating func close() {
        switch phase {
        case .ready:
            output.append(.close, .barrier)
            phase = .closing
        case .disconnected, .greeting: phase = .ended(.closed)
        case .closing, .ended: break
        }
    }

    /// The connection is gone.
    ///
    /// - Parameters:
    ///   - willReturn: Whether it will be made again.
    ///   - resumePoint: Where a subscription goes on in a new connection.
    mutating func lost(
        _ error: ClientError, willReturn: Bool, resumePoint: (TopicPattern) -> ResumePoint?
    ) -> [Action] {
        var resumptions = keepForNext(willReturn: willReturn) ? [] : losePublishes(error)
        resumptions += requests.removeAll().compactMap { $0.waiter }.map { .failure($0, error) }
        resumptions += topicWaiters.values.joined().map { .failure($0, error) }
        resumptions += liveness.lose().map { .failure($0, error) }
        topicWaiters = [:]
        topicIDs = [:]
        watchNumbers = [:]
        commits = CommitLedger()
        output = OutputQueue()
        phase = willReturn ? .disconnected : .ended(error)
        for index in subscriptions.indices {
            subscriptions[index].resumePoint = resumePoint(subscriptions[index].pattern)
        }
        return resumptions.map { .resume($0) }
    }
}
