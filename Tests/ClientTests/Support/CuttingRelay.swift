import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

@testable import ZaichikClient

/// Stands between a client and a broker, and cuts each connection after a random number of bytes of either direction:
/// within a frame, between two, or within the greeting.
final class CuttingRelay: Sendable {
    struct State {
        var random: SplitMix
        /// The most bytes of a connection, of either direction; nil: it is not cut.
        var longest: Int?
        var cuts = 0

        mutating func limit() -> Int? { longest.map { Int.random(in: 0...$0, using: &random) } }
    }

    private let state: NIOLockedValueBox<State>
    private let listener: any Channel

    static func start(to broker: BrokerAddress, seed: UInt64) async throws -> CuttingRelay {
        let state = NIOLockedValueBox(State(random: SplitMix(seed: seed)))
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .channelInitializer { far in
                        far.eventLoop.makeCompletedFuture {
                            let cut = Cut(near: near, far: far, state: state)
                            try far.pipeline.syncOperations.addHandler(CuttingHandler(near, cut))
                            try near.pipeline.syncOperations.addHandler(CuttingHandler(far, cut))
                        }
                    }
                    .connect(host: broker.host, port: broker.port).flatMap { _ in
                        near.setOption(.autoRead, value: true)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return CuttingRelay(listener: listener, state: state)
    }

    private init(listener: any Channel, state: NIOLockedValueBox<State>) {
        self.listener = listener
        self.state = state
    }

    deinit { listener.close(promise: nil) }

    var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: listener.localAddress?.port ?? 0) }

    /// How many connections were cut.
    var cuts: Int { state.withLockedValue { $0.cuts } }

    /// The most bytes that a connection passes on from now on, of either direction; nil: it is not cut. A connection that
    /// has a limit keeps it.
    var longest: Int? {
        get { state.withLockedValue { $0.longest } }
        set { state.withLockedValue { $0.longest = newValue } }
    }
}

/// Ends both sides of a connection. Lives on their loop.
private final class Cut {
    private let near: any Channel
    private let far: any Channel
    private let state: NIOLockedValueBox<CuttingRelay.State>
    private var isDone = false

    init(near: any Channel, far: any Channel, state: NIOLockedValueBox<CuttingRelay.State>) {
        self.near = near
        self.far = far
        self.state = state
    }

    /// How many more bytes of one direction pass; nil: any number.
    func limit() -> Int? { state.withLockedValue { $0.limit() } }

    func perform() {
        guard !isDone else { return }
        isDone = true
        state.withLockedValue { $0.cuts += 1 }
        close()
    }

    func close() {
        isDone = true
        near.close(promise: nil)
        far.close(promise: nil)
    }
}

private final class CuttingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let cut: Cut
    /// How many more bytes pass; nil before there is a limit.
    private var left: Int?

    init(_ other: any Channel, _ cut: Cut) {
        self.other = other
        self.cut = cut
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        left = left ?? cut.limit()
        let passed = min(left ?? .max, bytes.readableBytes)
        left = left.map { $0 - passed }
        let isCut = passed < bytes.readableBytes
        guard let part = bytes.readSlice(length: passed) else { return }
        if !isCut { return other.writeAndFlush(part, promise: nil) }
        // The bytes before the cut arrive.
        let cut = NIOLoopBound(cut, eventLoop: context.eventLoop)
        other.writeAndFlush(part).whenComplete { _ in cut.value.perform() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        cut.close()
        context.fireChannelInactive()
    }
}

/// Random numbers that are the same on every run.
struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
