import NIOCore
import ZaichikClient
import ZaichikProtocol

/// One connection of the load generator: carries out what its publisher or subscriber decides, a read at a time.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let role: LoadRole
    let loop: LoadLoop
    let setup: LoadSetup
    var publisher: LoadPublisher?
    var subscriber: LoadSubscriber?
    /// The broker's number for the connection.
    private(set) var id: UInt64 = 0
    /// Whether it waits until less is to be delivered.
    var isHeld = false

    var context: ChannelHandlerContext?
    private var assembler = FrameAssembler()
    private var frameLimit = FrameLimits.beforeWelcome
    private var now: UInt64 = 0
    /// Answers that are awaited before it is ready: WELCOME and those to its requests.
    private var awaited = 1
    private var ready: EventLoopPromise<Void>?
    var isCommitting = false
    var isClosing = false

    init(_ role: LoadRole, _ loop: LoadLoop, _ setup: LoadSetup, ready: EventLoopPromise<Void>) {
        self.role = role
        self.loop = loop
        self.setup = setup
        self.ready = ready
        let plan = setup.plan
        switch role {
        case .publisher(let index):
            publisher = LoadPublisher(
                index: index, spread: setup.spread, window: plan.window, isPaced: plan.rate > 0,
                isUnconfirmed: plan.publishesUnconfirmed)
        case .subscriber(let index): subscriber = LoadSubscriber(spread: setup.spread, index: index)
        case .slowSubscriber(let index): subscriber = LoadSubscriber(spread: setup.slowSpread, index: index)
        case .idle: break
        }
    }

    private var isSlow: Bool {
        if case .slowSubscriber = role { true } else { false }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let requests = setup.requests(role)
        awaited += requests.count
        var bytes = ByteBuffer(bytes: Preface.bytes)
        var hello = Hello(
            window: setup.plan.subscriberWindow, name: "\(setup.name)-\(role.suffix)", program: "zaichik",
            version: ZaichikVersion.string)
        if let session = setup.session(of: role) { (hello.session, hello.settings) = session }
        ClientFrame.hello(hello).write(to: &bytes)
        for request in requests { request.write(to: &bytes) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        now = LoadLoop.now()
        do throws(FrameError) {
            var assembler = assembler
            self.assembler = FrameAssembler()
            defer { self.assembler = assembler }
            try assembler.receive(
                unwrapInboundIn(data),
                measure: { bytes throws(FrameError) in try FrameMeasure.native(bytes, limit: frameLimit) },
                consume: { bytes throws(FrameError) in
                    try consume(&bytes)
                    return true
                })
        } catch {
            fail("the broker sent what cannot be read: \(error)")
        }
    }

    private func consume(_ bytes: inout ByteBuffer) throws(FrameError) {
        if subscriber != nil {
            let length = bytes.withUnsafeReadableBytes { bytes in
                isSlow
                    ? subscriber!.receive(bytes, now: now, &loop.slowLatency)
                    : subscriber!.receive(bytes, now: now, &loop.deliveryLatency)
            }
            if length > 0 {
                if !isSlow { loop.lastDelivery = now }
                bytes.moveReaderIndex(forwardBy: length)
                return
            }
        }
        guard let header = FrameHeader(peeking: bytes), let frame = bytes.readSlice(length: header.frameLength) else {
            preconditionFailure("a frame is consumed before it was measured")
        }
        // A type newer than the table is passed over.
        guard let decoded = try BrokerFrame(decoding: frame) else { return }
        receive(decoded)
    }

    private func receive(_ frame: BrokerFrame) {
        switch frame {
        case .welcome(let welcome):
            id = welcome.connectionID
            frameLimit = Int(welcome.maximumFrame)
            answered()
        case .confirm(let count):
            guard publisher?.confirm(count, now: now, &loop.confirmLatency) == true else {
                return fail("the broker confirmed \(count) publishes, and there were fewer")
            }
            loop.lastConfirm = now
        case .reject(let code, let publish, let message):
            if let deliveries = publisher?.refuse(publish) { loop.backlog?.settled(deliveries) }
            loop.tellRefusal("\(Self.name(code)): \(message)")
        case .topic(let request, let id, let name, _):
            if let topic = setup.topic(named: name) { subscriber?.introduce(id, as: topic) }
            guard request > 0 else { return }
            publisher?.topicIDs[Int(request) - 1] = id
            answered()
        case .gap(_, let topicID, let first, let last): subscriber?.receiveGap(topicID, first: first, last: last)
        case .ok: answered()
        case .ping(let token, let atOnce): send(.pong(token, atOnce: atOnce))
        case .error(let code, _, let message), .goodbye(let code, let message):
            fail("\(Self.name(code)): \(message)")
        case .pong, .receipt, .deliver, .topics, .clients, .client, .statistics, .topicDetail, .blocked, .aborted,
            .topicGone, .redelivery, .sessions, .sessionDetail, .parked, .acted, .retryAfter, .peeked, .observed:
            break
        }
    }

    private static func name(_ code: UInt16) -> String { ErrorCode(rawValue: code)?.name ?? "code \(code)" }

    private func answered() {
        awaited -= 1
        guard awaited == 0 else { return }
        ready?.succeed()
        ready = nil
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isSlow {
            commitLater()
        } else if subscriber != nil {
            let settled = subscriber?.takeSettled() ?? 0
            if settled > 0 { loop.backlog?.settled(settled) }
            commit()
        }
        publish(now: now)
    }

    /// Ends the connection in good order.
    func close() {
        isClosing = true
        context?.close(promise: nil)
    }

    /// The first failure of a run is told, and ends it.
    private func fail(_ reason: String) {
        guard !isClosing else { return }
        let failure = CommandFailure("\(role): \(reason)")
        loop.tellFailure(failure.message)
        ready?.fail(failure)
        ready = nil
        close()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("the connection was lost: \(SystemErrorText.text(error))")
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("the broker closed the connection")
        self.context = nil
        context.fireChannelInactive()
    }
}
