import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

@testable import ZaichikClient

/// Stands between a client and a broker, so that a test can cut their connection and keep it cut.
final class Relay: Sendable {
    private struct State {
        var isOpen = true
        var channels: [any Channel] = []
    }

    private let state: NIOLockedValueBox<State>
    private let listener: any Channel

    static func start(to broker: BrokerAddress) async throws -> Relay {
        let state = NIOLockedValueBox(State())
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { near in
                guard state.withLockedValue({ $0.isOpen }) else { return near.close() }
                state.withLockedValue { $0.channels.append(near) }
                // On the same loop, so that each end may write to the other.
                return ClientBootstrap(group: near.eventLoop)
                    .channelInitializer { far in
                        far.eventLoop.makeCompletedFuture {
                            try far.pipeline.syncOperations.addHandler(RelayHandler(other: near))
                            try near.pipeline.syncOperations.addHandler(RelayHandler(other: far))
                        }
                    }
                    .connect(host: broker.host, port: broker.port).map { _ in }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Relay(listener: listener, state: state)
    }

    private init(listener: any Channel, state: NIOLockedValueBox<State>) {
        self.listener = listener
        self.state = state
    }

    deinit { listener.close(promise: nil) }

    var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: listener.localAddress?.port ?? 0) }

    /// Whether connections are let through. Closing cuts those that there are.
    var isOpen: Bool {
        get { state.withLockedValue { $0.isOpen } }
        set {
            let cut = state.withLockedValue { state -> [any Channel] in
                state.isOpen = newValue
                guard !newValue else { return [] }
                defer { state.channels = [] }
                return state.channels
            }
            for channel in cut { channel.close(promise: nil) }
        }
    }
}

private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
        context.fireChannelInactive()
    }
}
