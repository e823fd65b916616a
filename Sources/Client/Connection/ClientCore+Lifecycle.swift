import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ZaichikProtocol

// Connecting, losing the connection, connecting again, closing.
extension ClientCore {
    /// How long the broker may take to answer CLOSE.
    private static let closeTimeout = TimeAmount.seconds(2)
    /// How much output waits for the socket, in bytes: enough to keep it busy, little to be late with a commit.
    private static let writeBuffer = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)

    /// Connects for the first time.
    func start() async throws(ClientError) {
        _ = try await wait(
            { state, id in
                state.starter = id
                return []
            }, then: { attempt() })
    }

    private func attempt() {
        let (id, positions, session) = state.withLockedValue { state in
            state.connections += 1
            return (state.connections, state.positions, state.machine.welcome.session?.incarnation)
        }
        let timeout = TimeAmount(configuration.connectTimeout)
        let deadline = NIODeadline.now() + timeout
        ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.maxMessagesPerRead, value: 4)
            .channelOption(.writeBufferWaterMark, value: Self.writeBuffer)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 256 << 10)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(
                            core: self, connection: id, earlier: positions, session: session, deadline: deadline))
                }
            }
            .connect(host: address.host, port: address.port)
            .whenFailure { error in
                self.ended(ConnectFailure.socket(error, self.address), positions: positions, wasConnected: false)
            }
    }

    /// The socket is connected.
    func connected(_ live: LiveConnection) {
        let isUnwanted = state.withLockedValue { state in
            state.live = live
            state.isWoken = false
            state.machine.connected(now: .now())
            return state.isClosing
        }
        if isUnwanted { live.channel.close(promise: nil) }
    }

    /// The socket is closed.
    func disconnected(
        _ connection: UInt64, reason: ClientError?, hasReadAnything: Bool,
        positions: [TopicName: ReadPosition], redelivered: UInt64
    ) {
        let (isClosing, phase, farewell, aside) = state.withLockedValue { state in
            (state.isClosing, state.machine.phase, state.machine.farewell, state.machine.commits.aside)
        }
        if configuration.session == nil, !isClosing, aside > redelivered { emit(.asideLost(aside - redelivered)) }
        let wasConnected = phase == .ready || phase == .closing
        let error: ClientError
        if isClosing {
            error = .closed
        } else if let farewell {
            error = ClientError(farewell.code, "the broker at \(address) ended the connection: \(farewell.message)")
        } else if let reason {
            error = ConnectFailure.located(reason, address, wasConnected: wasConnected)
        } else if !wasConnected {
            error = ConnectFailure.closedBeforeWelcome(hasReadAnything: hasReadAnything, address)
        } else {
            error = ClientError(.connectionLost, "the connection to \(address) was lost: the other side closed it")
        }
        ended(error, positions: positions, wasConnected: wasConnected)
    }

    /// An attempt failed, or the connection is gone.
    private func ended(_ error: ClientError, positions: [TopicName: ReadPosition], wasConnected: Bool) {
        let positions = withoutUntaken(positions)
        let resumesByPosition = !(configuration.session?.isShared ?? false)
        let (actions, willReturn, attempt, wait) = state.withLockedValue { state in
            let willReturn =
                configuration.reconnect != nil && !state.isClosing && state.starter == nil
                && !error.forbidsReconnecting
            state.live = nil
            let error = state.isClosing ? ClientError.closed : error
            var actions = state.machine.lost(error, willReturn: willReturn) { pattern in
                resumesByPosition ? positions.resumePoint(of: pattern) : nil
            }
            let patterns = state.machine.subscriptions.map(\.pattern)
            state.positions = positions.filter { position in patterns.contains { $0.matches(position.key) } }
            if let starter = state.starter { actions.append(.resume(.failure(starter, error))) }
            state.starter = nil
            if willReturn { state.attempt += 1 }
            return (actions, willReturn, state.attempt, state.machine.takeRetryAfter())
        }
        if wasConnected {
            emit(.disconnected(error))
        } else if willReturn {
            emit(.attemptFailed(error))
        }
        performFinal(actions)
        guard willReturn, let policy = configuration.reconnect else { return finish(error) }
        // An operator has said how long this client is to stay away.
        let delay = max(policy.delay(attempt: attempt, chance: Double.random(in: -1...1)), wait ?? .zero)
        emit(.reconnecting(attempt: attempt, delay: delay))
        loop.scheduleTask(in: TimeAmount(delay)) {
            if !self.state.withLockedValue({ $0.isClosing }) { self.attempt() }
        }
    }

    /// Drops what a session delivered and the program has not taken: it comes again, here or to another client.
    ///
    /// - Returns: The positions without it, in case the session is not there any more.
    private func withoutUntaken(_ positions: [TopicName: ReadPosition]) -> [TopicName: ReadPosition] {
        guard configuration.session != nil else { return positions }
        var positions = positions
        positions.setBack(before: arrivals.dropDeliveries())
        return positions
    }

    /// Ends all sequences.
    private func finish(_ error: ClientError) {
        let (isClosing, watches, closers) = state.withLockedValue { state in
            defer {
                state.closers = []
                state.watches = [:]
            }
            return (state.isClosing, Array(state.watches.values), state.closers)
        }
        let end: ArrivalBuffer.End = isClosing ? .closed : .lost(error)
        arrivals.end(end)
        for watch in watches { watch.end(end) }
        finishEvents()
        resume(closers.map { .success($0) })
    }

    func close() async {
        let isFirst = state.withLockedValue { state in
            defer { state.isClosing = true }
            return !state.isClosing
        }
        _ = try? await wait { state, id in
            state.machine.close()
            guard state.live != nil else { return [.success(id)] + state.machine.losePublishes(.closed) }
            state.closers.append(id)
            return []
        } then: {
            guard let live = state.withLockedValue({ $0.live }) else { return }
            let isGreeting = state.withLockedValue { $0.machine.phase != .closing }
            loop.scheduleTask(in: isGreeting ? .zero : Self.closeTimeout) { live.channel.close(promise: nil) }
        }
        if isFirst, state.withLockedValue({ $0.live == nil }) { finish(.closed) }
    }

    /// The program has let go of the client.
    func abandon() {
        let live = state.withLockedValue { state in
            state.isClosing = true
            return state.live
        }
        live?.channel.close(promise: nil)
        if live == nil { finish(.closed) }
    }
}
