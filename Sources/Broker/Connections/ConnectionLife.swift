import ZaichikProtocol

/// The life cycle of a connection as a value: an event goes in, actions come out.
///
/// greeting → awaitingHello → ready → ending → shut → gone; any state may go straight to shut, and to gone. A connection
/// whose session lives on another loop goes from awaitingHello to moving, and is awaitingHello there. One whose producer's
/// name is taken goes from awaitingHello to claiming, and is ready when it has the name. A state for authentication would
/// stand there, too: entered from ``State/awaitingHello(since:)`` and left by ``helloReceived()``.
struct ConnectionLife {
    enum State: Equatable {
        /// At most a part of the preface or of a classic frame's first word has come. `since`: when the first byte
        /// came, in µs; nil before that.
        case greeting(since: UInt64?)
        /// The native preface is complete, HELLO comes next.
        case awaitingHello(since: UInt64)
        /// HELLO has come and names a producer that another connection still has. WELCOME comes when that has ended.
        case claiming
        /// HELLO has come and is to be read by another loop, together with all that follows.
        case moving(since: UInt64)
        case ready
        /// The connection ends as soon as everything owed to the client is sent.
        case ending(Ending)
        /// The broker's side is shut; what still comes is read and dropped.
        case shut
        /// The channel is gone.
        case gone
    }

    enum Ending: Equatable {
        /// The client has sent CLOSE: its requests are answered, and nothing more is delivered.
        case closed
        /// The client has shut its side: what the window allows is delivered, too.
        case inputClosed
        /// The broker is stopping: as with a shut side, and the client hears the reason.
        case draining
    }

    /// An action for the connection, which carries out a step's actions in their order.
    enum Action: Equatable {
        /// Ends deliveries after what the window allows now, and stops holding what is in flight.
        case endDeliveries
        /// Abandons the queue with its holds and subscriptions.
        case abandonQueue
        case sendConfirm
        case sendError(FrameError)
        case sendGoodbye(ErrorCode, String)
        /// Closes the broker's side once everything written is sent.
        ///
        /// - isInputClosed: Whether the client has shut its side already.
        case shutOutput(isInputClosed: Bool)
        /// Gives back everything that the connection has.
        case letGo
    }

    private(set) var state = State.greeting(since: nil)
    /// The dialect of the client; nil until it is known.
    private(set) var dialect: Dialect?
    private var isInputClosed = false
    /// Whether it has ever been ready: until then nobody knows whether it is a client of zaichik.
    private(set) var hasServed = false
    /// Why the connection ends; nil while it does not, or if it just vanished.
    private(set) var departure: Departure?
    /// Whether the broker has no room for the client. The client is told once its dialect is known.
    let isRefused: Bool

    /// How long a greeting may take after its first byte, in µs.
    static let greetingPatience = UInt64(PeerLimits.greeting) * 1_000_000
    /// How long a client that the broker has no room for may take, in µs.
    static let refusedPatience: UInt64 = 1_000_000

    init(isRefused: Bool = false) { self.isRefused = isRefused }

    /// Whether input is processed.
    var takesInput: Bool {
        switch state {
        case .greeting, .awaitingHello, .claiming, .ready, .ending(.draining): true
        case .moving, .ending(.closed), .ending(.inputClosed), .shut, .gone: false
        }
    }

    var isReady: Bool { if case .ready = state { true } else { false } }
    var isClaiming: Bool { if case .claiming = state { true } else { false } }
    var isEnding: Bool { if case .ending = state { true } else { false } }
    /// Whether it is being ended and gets nothing more: its queue says nothing about it then.
    var isLeaving: Bool { isEnding && !delivers }
    /// Whether deliveries may go out.
    var delivers: Bool {
        switch state {
        case .ready, .ending(.inputClosed), .ending(.draining): true
        case .greeting, .awaitingHello, .moving, .claiming, .ending(.closed), .shut, .gone: false
        }
    }
    /// Whether frames may still be written.
    var isOpen: Bool {
        switch state {
        case .greeting, .awaitingHello, .moving, .claiming, .ready, .ending: true
        case .shut, .gone: false
        }
    }

    // MARK: Greeting

    mutating func bytesReceived(now: UInt64) {
        if case .greeting(nil) = state { state = .greeting(since: now) }
    }

    /// Enters the dialect of the preface or of a classic client's first word, which has come.
    mutating func greeted(_ dialect: Dialect, now: UInt64, refusal: (ErrorCode, String)?) -> [Action] {
        guard case .greeting(let since) = state else { preconditionFailure("a connection is greeted once") }
        self.dialect = dialect
        state = dialect == .native ? .awaitingHello(since: since ?? now) : .ready
        guard let refusal else {
            hasServed = isReady
            return []
        }
        return end(refusal.0, refusal.1)
    }

    /// Judges a frame by its type alone, before it is decoded: a frame that comes too early is too early whatever else
    /// is wrong with it.
    func admit(type: UInt8) throws(FrameError) {
        switch state {
        case .awaitingHello:
            guard type != ClientOpcode.hello.rawValue else { return }
            let name = ClientOpcode(rawValue: type)?.name ?? "a frame of an unknown type"
            throw FrameError(.helloMissing, "\(name) came before HELLO; HELLO must be the first frame")
        case .greeting, .moving, .claiming, .shut, .gone: preconditionFailure("a frame was looked at in \(state)")
        case .ready, .ending:
            guard type == ClientOpcode.hello.rawValue else { return }
            throw FrameError(.helloRepeated, "HELLO came a second time; it is sent once")
        }
    }

    /// HELLO is answered by WELCOME.
    mutating func helloReceived() {
        switch state {
        case .awaitingHello, .claiming: state = .ready
        case .greeting, .moving, .ready, .ending, .shut, .gone: preconditionFailure("HELLO was admitted in \(state)")
        }
        hasServed = true
    }

    /// HELLO has come, and its answer has to wait.
    mutating func claims() {
        guard case .awaitingHello = state else { preconditionFailure("HELLO was admitted in \(state)") }
        state = .claiming
    }

    // MARK: Moving

    var isMoving: Bool { if case .moving = state { true } else { false } }

    /// HELLO has come, and another loop is to read it.
    mutating func moves() {
        guard case .awaitingHello(let since) = state else { preconditionFailure("HELLO was admitted in \(state)") }
        state = .moving(since: since)
    }

    /// The connection leaves its loop.
    ///
    /// - Returns: Its life as it goes on at the other loop, which reads HELLO again.
    mutating func moved() -> ConnectionLife {
        guard case .moving(let since) = state else { preconditionFailure("a connection left its loop in \(state)") }
        var there = self
        there.state = .awaitingHello(since: since)
        state = .gone
        return there
    }

    // MARK: The end

    /// The client has sent CLOSE. Its queue is abandoned at once: nothing more is delivered, and nothing can be
    /// committed.
    mutating func closeReceived() -> [Action] {
        guard isReady || state == .ending(.draining) else { return [] }
        leave(.closed)
        state = .ending(.closed)
        return [.abandonQueue]
    }

    /// The client has shut its side: it gets what it is owed, and then the connection ends.
    mutating func inputClosed() -> [Action] {
        isInputClosed = true
        leave(.inputClosed)
        switch state {
        case .ready, .ending(.draining):
            state = .ending(.inputClosed)
            return [.sendConfirm, .endDeliveries]
        case .greeting, .awaitingHello, .moving, .claiming: return shut()
        case .ending, .shut, .gone: return []
        }
    }

    /// The broker is stopping.
    mutating func brokerStops() -> [Action] {
        leave(.brokerStops)
        switch state {
        case .ready:
            state = .ending(.draining)
            return [.sendConfirm, .endDeliveries]
        case .greeting, .awaitingHello, .moving, .claiming: return end(.shuttingDown, Self.stopping)
        case .ending, .shut, .gone: return []
        }
    }

    static let stopping = "the broker is stopping"

    /// Everything that the window allowed is delivered.
    func deliveriesSent() -> [Action] { isEnding ? [.abandonQueue] : [] }

    /// Everything that was owed is sent.
    mutating func owedSent() -> [Action] {
        switch state {
        case .ending(.closed): end(.closedByClient, "the client sent CLOSE")
        case .ending(.inputClosed): shut()
        case .ending(.draining): end(.shuttingDown, Self.stopping)
        case .greeting, .awaitingHello, .moving, .claiming, .ready, .shut, .gone: []
        }
    }

    /// The broker ends the connection for a reason of its own.
    mutating func end(_ code: ErrorCode, _ reason: String) -> [Action] {
        guard isOpen else { return [] }
        leave(.ended(code, reason))
        let farewell: [Action] = dialect == .native ? [.sendConfirm, .sendGoodbye(code, reason)] : []
        return farewell + shut()
    }

    /// The connection ends because of what it sent.
    ///
    /// - Parameters:
    ///   - error: The error for a native client; nil if no frame would be understood.
    ///   - reason: The same for the log.
    mutating func failed(_ error: FrameError?, reason: String) -> [Action] {
        guard isOpen else { return [] }
        leave(.failed(reason))
        let farewell: [Action] = dialect == .native ? error.map { [.sendConfirm, .sendError($0)] } ?? [] : []
        return farewell + shut()
    }

    /// The client takes nothing of what it is owed.
    mutating func gotStuck() { leave(.stuck) }

    /// The socket has failed.
    mutating func channelFailed(_ reason: String) { leave(.lost(reason)) }

    /// Notes why the connection ends, if there was no reason before.
    private mutating func leave(_ departure: Departure) {
        if self.departure == nil { self.departure = departure }
    }

    private mutating func shut() -> [Action] {
        state = .shut
        return [.abandonQueue, .shutOutput(isInputClosed: isInputClosed)]
    }

    /// The channel is gone.
    mutating func channelGone() -> [Action] {
        guard state != .gone else { return [] }
        state = .gone
        return [.letGo]
    }

    // MARK: Time

    /// Whether a greeting takes too long after its first byte. A refused client gets ``refusedPatience`` to greet, and so
    /// to hear why it is refused.
    func isGreetingOverdue(now: UInt64, connectedAt: UInt64) -> Bool {
        if isRefused, case .greeting = state { return now >= connectedAt + Self.refusedPatience }
        return switch state {
        case .greeting(let since): since.map { now >= $0 + Self.greetingPatience } ?? false
        case .awaitingHello(let since), .moving(let since): now >= since + Self.greetingPatience
        case .claiming, .ready, .ending, .shut, .gone: false
        }
    }
}
