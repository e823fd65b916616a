import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ZaichikProtocol

@testable import ZaichikClient

/// A listener on a free port that answers as a script says, to test a client against behaviour that a broker shows
/// seldom or never.
final class ScriptedPeer: Sendable {
    enum Reply: Sendable {
        case frame(BrokerFrame)
        case bytes([UInt8])
        case close
    }

    typealias Script = @Sendable (_ frame: ClientFrame, _ connection: Int) -> [Reply]

    private struct State {
        var received: [[ClientFrame]] = []
        var channels: [any Channel] = []
    }

    private let state = NIOLockedValueBox(State())
    private let listener: any Channel

    /// - Parameter greeting: Sent as soon as a client connects; nil: none, as a broker does.
    static func start(greeting: Reply? = nil, script: @escaping Script = answer) async throws -> ScriptedPeer {
        let handlers = NIOLockedValueBox<ScriptedPeer?>(nil)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let peer = handlers.withLockedValue({ $0 }) else { return }
                    try channel.pipeline.syncOperations.addHandler(
                        PeerHandler(peer: peer, greeting: greeting, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let peer = ScriptedPeer(listener: listener)
        handlers.withLockedValue { $0 = peer }
        return peer
    }

    private init(listener: any Channel) { self.listener = listener }

    deinit { listener.close(promise: nil) }

    var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: listener.localAddress?.port ?? 0) }
    var connections: Int { state.withLockedValue { $0.received.count } }

    /// The frames that one connection sent, counted from 0.
    func received(_ connection: Int = 0) -> [ClientFrame] {
        state.withLockedValue { $0.received.indices.contains(connection) ? $0.received[connection] : [] }
    }

    /// Sends on the newest connection.
    func send(_ frames: BrokerFrame...) {
        var bytes = ByteBuffer()
        for frame in frames { frame.write(to: &bytes) }
        state.withLockedValue { $0.channels.last }?.writeAndFlush(bytes, promise: nil)
    }

    func dropConnections() {
        for channel in state.withLockedValue({ $0.channels }) { channel.close(promise: nil) }
    }

    fileprivate func opened(_ channel: any Channel) -> Int {
        state.withLockedValue { state in
            state.channels.append(channel)
            state.received.append([])
            return state.received.count - 1
        }
    }

    fileprivate func record(_ frame: ClientFrame, _ connection: Int) {
        state.withLockedValue { $0.received[connection].append(frame) }
    }

    static let welcome = Welcome(
        connectionID: 42, maximumFrame: 1 << 20, window: 16, brokerName: "scripted", version: "1", incarnation: 77)

    /// The answers of a broker that accepts everything. Every topic has id 7.
    static let answer: Script = { frame, _ in
        switch frame {
        case .hello: [.frame(.welcome(welcome))]
        case .ping(let token, let atOnce): [.frame(.pong(token, atOnce: atOnce))]
        case .topic(let request, let name): [.frame(.topic(request: request, id: 7, name: name))]
        case .subscribe(let request, _, _, _, _, _), .unsubscribe(let request, _):
            [.frame(.ok(request: request, detail: ByteBuffer()))]
        case .unwatch(let request, _): [.frame(.ok(request: request, detail: ByteBuffer()))]
        case .watch(let request, let watch):
            [.frame(.ok(request: request, detail: WatchGranted(interval: watch.interval).detail))]
        case .createTopic(let request, _, _):
            [.frame(.ok(request: request, detail: TopicCreated(id: 7, outcome: .created).detail))]
        case .listTopics(let request, _):
            [.frame(.topics(request: request, page: RowPage(rows: [], matching: 0), isLast: true))]
        case .listClients(let request, _):
            [.frame(.clients(request: request, page: RowPage(rows: [], matching: 0), isLast: true))]
        case .inspectClient(let request, let id):
            [
                .frame(
                    .error(
                        code: ErrorCode.unknownClient.rawValue, request: request, message: "there is no client \(id)"))
            ]
        case .observe(let request, _):
            [.frame(.error(code: ErrorCode.unknownClient.rawValue, request: request, message: "there is none"))]
        case .inspectTopic(let request, let name, _):
            [
                .frame(
                    .error(code: ErrorCode.unknownTopic.rawValue, request: request, message: "there is no '\(name)'"))
            ]
        case .close: [.frame(.goodbye(code: ErrorCode.closedByClient.rawValue, reason: "")), .close]
        case .settle(let request, _), .transaction(let request, _), .createSession(let request, _, _),
            .listSessions(let request, _), .inspectSession(let request, _, _), .deleteSession(let request, _),
            .seek(let request, _), .listParked(let request, _, _, _), .settleParked(let request, _),
            .deleteTopic(let request, _, _), .inspectMessage(let request, _, _), .act(let request, _),
            .peek(let request, _):
            [.frame(.error(code: ErrorCode.unknownType.rawValue, request: request, message: "it cannot do that"))]
        case .publish, .commit, .window, .pong: []
        }
    }
}

private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: ScriptedPeer
    private let greeting: ScriptedPeer.Reply?
    private let script: ScriptedPeer.Script
    private var connection = 0
    private var bytes = ByteBuffer()
    private var hasPreface = false

    init(peer: ScriptedPeer, greeting: ScriptedPeer.Reply?, script: @escaping ScriptedPeer.Script) {
        self.peer = peer
        self.greeting = greeting
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = peer.opened(context.channel)
        if let greeting { perform([greeting], context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var read = unwrapInboundIn(data)
        bytes.writeBuffer(&read)
        if !hasPreface {
            guard bytes.readSlice(length: Preface.bytes.count) != nil else { return }
            hasPreface = true
        }
        while case .complete(let length)? = try? FrameMeasure.native(bytes, limit: 8 << 20),
            let slice = bytes.readSlice(length: length), let frame = try? ClientFrame(decoding: slice)
        {
            peer.record(frame, connection)
            perform(script(frame, connection), context)
        }
    }

    private func perform(_ replies: [ScriptedPeer.Reply], _ context: ChannelHandlerContext) {
        var output = ByteBuffer()
        var closes = false
        for reply in replies {
            switch reply {
            case .frame(let frame): frame.write(to: &output)
            case .bytes(let bytes): output.writeBytes(bytes)
            case .close: closes = true
            }
        }
        if output.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(output), promise: nil) }
        if closes { context.close(promise: nil) }
    }
}
