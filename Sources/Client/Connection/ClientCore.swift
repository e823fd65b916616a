import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ZaichikProtocol

/// Joins the machine, which decides, to the connection, to the tasks that wait and to the clock.
///
/// One lock guards the machine and the table of waiting tasks; it is held for one step and never while a task is resumed
/// or a socket is touched.
final class ClientCore: Sendable {
    typealias Waiter = CheckedContinuation<Result<Answer, ClientError>, Never>

    struct State: Sendable {
        var machine: ConnectionMachine
        var waiters: [WaiterID: Waiter] = [:]
        var lastWaiter: WaiterID = 0
        var live: LiveConnection?
        /// Whether the loop is going to look at the output anyway.
        var isWoken = false
        var connections: UInt64 = 0
        /// How far reading had come when the connection before was lost.
        var positions: [TopicName: ReadPosition] = [:]
        var isClosing = false
        var attempt = 0
        /// The task that waits for the first connection.
        var starter: WaiterID?
        /// The tasks that wait for the end.
        var closers: [WaiterID] = []
        var lastWatch: WatchID = 0
        var watches: [WatchID: LatestUpdate] = [:]
    }

    let state: NIOLockedValueBox<State>
    let arrivals: ArrivalBuffer
    let address: BrokerAddress
    let configuration: ClientConfiguration
    let events: AsyncStream<ClientEvent>
    let loop: any EventLoop
    private let eventInput: AsyncStream<ClientEvent>.Continuation

    /// - Throws: ``ClientError/Code/invalidName`` for the session's or the producer's.
    init(address: BrokerAddress, configuration: ClientConfiguration) throws(ClientError) {
        let session: SessionName? =
            if let name = configuration.session?.name { try .checked(name) } else { nil }
        let producer: SessionName? = if let name = configuration.producer { try .checked(name) } else { nil }
        self.address = address
        self.configuration = configuration
        loop = MultiThreadedEventLoopGroup.singleton.next()
        arrivals = ArrivalBuffer(maximumBytes: configuration.maximumUntakenBytes)
        (events, eventInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
        var hello = Hello(
            window: configuration.window, name: configuration.name, program: configuration.program,
            version: configuration.version, pid: Identity.pid, host: Identity.host, session: session,
            settings: configuration.session?.change ?? SessionSettingsChange(), producer: producer)
        hello.administers = configuration.administers
        state = NIOLockedValueBox(
            State(
                machine: ConnectionMachine(
                    hello: hello, windowBytes: configuration.windowBytes,
                    maximumUnconfirmedMessages: configuration.maximumUnconfirmedMessages,
                    maximumUnconfirmedBytes: configuration.maximumUnconfirmedBytes,
                    silence: TimeAmount(configuration.silenceTimeout))))
    }

    var isWelcomed: Bool {
        state.withLockedValue { state in
            switch state.machine.phase {
            case .ready, .closing: true
            case .disconnected, .greeting, .ended: false
            }
        }
    }

    // MARK: Tasks that wait

    /// Does one step of the machine and waits for its answer, which the step names by its waiter.
    ///
    /// - Parameters:
    ///   - step: Returns what can be resumed at once.
    ///   - then: Called when the waiter is known.
    func wait(
        _ step: @Sendable (inout State, WaiterID) -> [Resumption], then: @Sendable () -> Void = {}
    ) async throws(ClientError) -> Answer {
        let id = state.withLockedValue { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Waiter) in
                let resumptions = state.withLockedValue { state -> [Resumption] in
                    state.waiters[id] = continuation
                    return Task.isCancelled ? [.failure(id, .cancelled)] : step(&state, id)
                }
                resume(resumptions)
                wake()
                then()
            }
        } onCancel: {
            state.withLockedValue { $0.machine.publishes.cancel(id) }
            resume([.failure(id, .cancelled)])
        }
        return try result.get()
    }

    func resume(_ resumptions: [Resumption]) {
        guard !resumptions.isEmpty else { return }
        let ready = state.withLockedValue { state in
            resumptions.map { (state.waiters.removeValue(forKey: $0.waiter), $0.result) }
        }
        for (waiter, result) in ready { waiter?.resume(returning: result) }
    }

    /// Has the loop look at the output, unless it is going to.
    func wake() {
        let live = state.withLockedValue { $0.wakeUp() }
        live?.wake()
    }

    func resumeReading() {
        state.withLockedValue { $0.live }?.wake()
    }

    func emit(_ event: ClientEvent) { eventInput.yield(event) }

    func finishEvents() { eventInput.finish() }

    // MARK: The handler's side

    func takeForgotten() -> (forgotten: [TopicPattern], kept: [TopicPattern]) {
        state.withLockedValue { $0.machine.takeForgotten() }
    }

    /// Takes what is to be sent now. To be called until it gives nil.
    ///
    /// - Returns: Along with it, whether reading may pause: no task waits for an answer.
    func takeOutput(isWritable: Bool) -> (output: ByteBuffer?, mayPause: Bool) {
        state.withLockedValue { state in
            state.isWoken = false
            return (state.machine.takeOutput(isWritable: isWritable), !state.machine.awaitsAnswers)
        }
    }

    func receive(_ batch: [Arrival], bytes: Int) {
        for case .gap(let gap) in batch { emit(.gap(gap)) }
        _ = arrivals.append(batch, bytes: bytes)
    }

    /// - Returns: Why the connection must end, if it must.
    func receive(_ frames: [BrokerFrame], skipped: [ClosedRange<UInt64>], gone: [TopicName]) -> ClientError? {
        let now = NIODeadline.now()
        let actions = state.withLockedValue { state -> [ConnectionMachine.Action] in
            state.machine.liveness.hear(now: now)
            for numbers in skipped { state.machine.commits.skip(numbers) }
            return frames.flatMap { state.machine.receive($0, now: now) } + gone.flatMap { state.machine.forget($0) }
        }
        return perform(actions)
    }

    /// - Parameter taken: Bytes that the socket has taken, if more wait for it; nil if none do.
    func tick(isReading: Bool, taken: Int?) -> ClientError? {
        let now = NIODeadline.now()
        return state.withLockedValue { state in
            guard state.machine.phase == .ready else { return nil }
            return state.machine.liveness.tick(
                now: now, isReading: isReading, measures: configuration.measureRoundTrip, taken: taken,
                into: &state.machine.output)
        }
    }

    /// - Returns: Why the connection must end, if it must.
    private func perform(_ actions: [ConnectionMachine.Action]) -> ClientError? {
        var resumptions: [Resumption] = []
        var failure: ClientError?
        for action in actions {
            switch action {
            case .resume(let resumption): resumptions.append(resumption)
            case .event(.connected(let welcome)):
                emit(.connected(welcome))
                resumptions += state.withLockedValue { $0.welcomed() }
            case .event(let event): emit(event)
            case .statistics(let watch, let update):
                state.withLockedValue { $0.watches[watch] }?.put(update)
            case .watchEnded(let watch, let error):
                state.withLockedValue { $0.watches.removeValue(forKey: watch) }?.end(.lost(error))
            case .fail(let error): failure = failure ?? error
            }
        }
        resume(resumptions)
        return failure
    }

    func performFinal(_ actions: [ConnectionMachine.Action]) { _ = perform(actions) }
}

extension ClientCore.State {
    mutating func wakeUp() -> LiveConnection? {
        guard !isWoken, let live else { return nil }
        isWoken = true
        return live
    }

    /// The task that waited for the first connection has it.
    fileprivate mutating func welcomed() -> [Resumption] {
        attempt = 0
        defer { starter = nil }
        return starter.map { [.success($0)] } ?? []
    }
}
