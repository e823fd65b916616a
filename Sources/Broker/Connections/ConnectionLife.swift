import ZaichikProtocol

/// The life of a connection: event in, actions out. A value.
///
/// greeting → ready → ending → shut → gone; any state may go straight to shut, and to gone. A state in which a client
/// proves who it is stands between ``State/awaitingHello(since:)`` and ``State/ready``: it is entered by
/// ``helloReceived()`` and left for ready.
struct ConnectionLife {
    enum State: Equatable {
        /// Nothing, or a part of the preface or of a classic frame's first word, has come. `since`: when the first byte
        /// came, in µs; nil before that.
        case greeting(since: UInt64?)
        /// The native preface is complete, HELLO comes next.
        case awaitingHello(since: UInt64)
        case ready
        /// The connection ends as soon as what is owed is sent.
        case ending(Ending)
        /// Our side is shut; what still comes is read and dropped.
        case shut
        /// There is no channel any more.
        case gone
    }

    enum Ending: Equatable {
        /// The client has sent CLOSE: what it asked is answered, nothing more is delivered.
        case closed
        /// The client has shut its side: what the window allows is delivered, too.
        case inputClosed
        /// The broker is stopping: as with a shut side, and the client hears the reason.
        case draining
    }

    /// What is to be done. The connection carries out a step's actions in their order.
    enum Action: Equatable {
        /// Deliveries end with what the window allows now, and what is in flight is no longer held.
        case endDeliveries
        /// The queue goes: its holds, its subscriptions, everything.
        case abandonQueue
        case sendConfirm
        case sendError(FrameError)
        case sendGoodbye(ErrorCode, String)
        /// Closes our side after what is written.
        ///
        /// - isInputClosed: Whether the client has shut its side already.
        case shutOutput(isInputClosed: Bool)
        /// Gives back everything that the connection has.
        case letGo
    }

    private(set) var state = State.greeting(since: nil)
    /// Which dialect is spoken; nil as long as that is not known.
    private(set) var dialect: Dialect?
    private var isInputClosed = false
    /// Whether the broker has no room for the client, which is told as soon as its dialect is known.
    let isRefused: Bool

    /// How long a greeting may take once it has begun, in µs.
    static let greetingPatience = UInt64(PeerLimits.greeting) * 1_000_000

    init(isRefused: Bool = false) { self.isRefused = isRefused }

    /// Whether what comes is looked at.
    var takesInput: Bool {
        switch state {
        case .greeting, .awaitingHello, .ready, .ending(.draining): true
        case .ending(.closed), .ending(.inputClosed), .shut, .gone: false
        }
    }

    var isReady: Bool { if case .ready = state { true } else { false } }
    var isEnding: Bool { if case .ending = state { true } else { false } }
    /// Whether deliveries may go out.
    var delivers: Bool {
        switch state {
        case .ready, .ending(.inputClosed), .ending(.draining): true
        case .greeting, .awaitingHello, .ending(.closed), .shut, .gone: false
        }
    }
    /// Whether frames may still be written.
    var isOpen: Bool {
        switch state {
        case .greeting, .awaitingHello, .ready, .ending: true
        case .shut, .gone: false
        }
    }

    // MARK: Greeting

    mutating func bytesReceived(now: UInt64) {
        if case .greeting(nil) = state { state = .greeting(since: now) }
    }

    /// The preface, or a classic client's first word, is there.
    mutating func greeted(_ dialect: Dialect, now: UInt64, refusal: (ErrorCode, String)?) -> [Action] {
        guard case .greeting(let since) = state else { preconditionFailure("a connection is greeted once") }
        self.dialect = dialect
        state = dialect == .native ? .awaitingHello(since: since ?? now) : .ready
        guard let refusal else { return [] }
        return end(refusal.0, refusal.1)
    }

    /// Judges a frame by its type alone, before it is decoded: what is wrong besides does not make it less early.
    func admit(type: UInt8) throws(FrameError) {
        switch state {
        case .awaitingHello:
            guard type != ClientOpcode.hello.rawValue else { return }
            let name = ClientOpcode(rawValue: type)?.name ?? "a frame of an unknown type"
            throw FrameError(.helloMissing, "\(name) came before HELLO, which comes first")
        case .greeting, .shut, .gone: preconditionFailure("a frame was looked at in \(state)")
        case .ready, .ending:
            guard type == ClientOpcode.hello.rawValue else { return }
            throw FrameError(.helloRepeated, "HELLO comes once")
        }
    }

    mutating func helloReceived() {
        guard case .awaitingHello = state else { preconditionFailure("HELLO was admitted in \(state)") }
        state = .ready
    }

    // MARK: The end

    /// CLOSE has come. The queue goes at once: nothing more is delivered, and nothing can be committed any more.
    mutating func closeReceived() -> [Action] {
        guard isReady || state == .ending(.draining) else { return [] }
        state = .ending(.closed)
        return [.abandonQueue]
    }

    /// The client has shut its side: it gets what is owed, and then the end.
    mutating func inputClosed() -> [Action] {
        isInputClosed = true
        switch state {
        case .ready, .ending(.draining):
            state = .ending(.inputClosed)
            return [.sendConfirm, .endDeliveries]
        case .greeting, .awaitingHello: return shut()
        case .ending, .shut, .gone: return []
        }
    }

    /// The broker is stopping.
    mutating func brokerStops() -> [Action] {
        switch state {
        case .ready:
            state = .ending(.draining)
            return [.sendConfirm, .endDeliveries]
        case .greeting, .awaitingHello: return end(.shuttingDown, Self.stopping)
        case .ending, .shut, .gone: return []
        }
    }

    static let stopping = "the broker is stopping"

    /// What the window allowed is delivered.
    func deliveriesSent() -> [Action] { isEnding ? [.abandonQueue] : [] }

    /// Everything that was owed is sent.
    mutating func owedSent() -> [Action] {
        switch state {
        case .ending(.closed): end(.closedByClient, "the client sent CLOSE")
        case .ending(.inputClosed): shut()
        case .ending(.draining): end(.shuttingDown, Self.stopping)
        case .greeting, .awaitingHello, .ready, .shut, .gone: []
        }
    }

    /// The broker ends the connection for a reason of its own.
    mutating func end(_ code: ErrorCode, _ reason: String) -> [Action] {
        guard isOpen else { return [] }
        let farewell: [Action] = dialect == .native ? [.sendConfirm, .sendGoodbye(code, reason)] : []
        return farewell + shut()
    }

    /// The connection ends because of what it sent.
    mutating func failed(_ error: FrameError?) -> [Action] {
        guard isOpen else { return [] }
        let farewell: [Action] = dialect == .native ? error.map { [.sendConfirm, .sendError($0)] } ?? [] : []
        return farewell + shut()
    }

    private mutating func shut() -> [Action] {
        state = .shut
        return [.abandonQueue, .shutOutput(isInputClosed: isInputClosed)]
    }

    /// There is no channel any more.
    mutating func channelGone() -> [Action] {
        guard state != .gone else { return [] }
        state = .gone
        return [.letGo]
    }

    // MARK: Time

    /// Whether a greeting that has begun takes too long. A refused client need not have begun.
    func isGreetingOverdue(now: UInt64) -> Bool {
        switch state {
        case .greeting(let since): isRefused || since.map { now >= $0 + Self.greetingPatience } ?? false
        case .awaitingHello(let since): now >= since + Self.greetingPatience
        case .ready, .ending, .shut, .gone: false
        }
    }
}
