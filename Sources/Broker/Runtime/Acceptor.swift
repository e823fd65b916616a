import NIOCore
import NIOPosix
import Synchronization
import ZaichikProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Listens, and gives each connection its loop.
///
/// NIO assigns connections to loops round-robin, and a connection that has a loop keeps it. So all are accepted on one
/// loop, and a socket that belongs to another loop is handed over before it is served.
struct Acceptor: Sendable {
    let core: BrokerCore

    private struct HandedOver: Error {}
    /// The loop has ended: the broker stops.
    private struct LoopEnded: Error {}

    private final class Flag: Sendable {
        let isSet = Atomic<Bool>(false)
    }

    func listen(_ listener: ListenPlan.Listener) async throws -> any Channel {
        let endpoint = listener.address
        var bootstrap = ServerBootstrap(group: core.shards[0].eventLoop)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try accept(channel) }
            }
        if listener.takesOnlyIPv6 {
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
        }
        do {
            return try await bootstrap.bind(host: endpoint.host, port: endpoint.port).get()
        } catch let error as IOError {
            switch error.errnoCode {
            case EADDRINUSE: throw BrokerStartError.addressInUse(endpoint)
            case EADDRNOTAVAIL, EAFNOSUPPORT: throw BrokerStartError.notOfThisMachine(endpoint)
            default: throw BrokerStartError.cannotListen(endpoint, reason: String(cString: strerror(error.errnoCode)))
            }
        } catch {
            throw BrokerStartError.cannotListen(endpoint, reason: "\(error)")
        }
    }

    private func accept(_ channel: any Channel) throws {
        let opened = core.connectionOpened()
        let address = channel.remoteAddress.map { "\($0.ipAddress ?? "")\($0.port.map { ":\($0)" } ?? "")" } ?? ""
        let arrival = Arrival(
            id: opened.id, address: address, acceptStamp: core.order.stamp(),
            life: ConnectionLife(isRefused: opened.isRefused))
        let shard = core.place()
        guard shard.index > 0 else { return try serve(arrival, channel, on: shard) }
        do {
            handOver(try Self.socket(of: channel), arrival, to: shard)
        } catch {
            notServed(error, on: shard)
            throw error
        }
        // NIO closes its own descriptor of the socket; ours stays open.
        throw HandedOver()
    }

    /// Gives back the room counted for a connection that will not be served.
    private func notServed(_ error: any Error, on shard: LoopShard) {
        shard.load.connectionGone()
        core.connectionClosed()
        core.log.tell(.connectionLost, ["error": .quoted("\(error)")])
    }

    /// Has a loop serve a connection, which counts there already.
    ///
    /// - Parameter socket: A descriptor that nobody else uses.
    func handOver(_ socket: NIOBSDSocket.Handle, _ arrival: Arrival, to shard: LoopShard) {
        let hasHandler = Flag()
        ClientBootstrap(group: shard.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try serve(arrival, channel, on: shard)
                    hasHandler.isSet.store(true, ordering: .relaxed)
                }
            }
            .withConnectedSocket(socket)
            .whenFailure { error in
                // If there is a handler, it gives back what the connection had.
                if !hasHandler.isSet.load(ordering: .relaxed) { notServed(error, on: shard) }
            }
    }

    /// Duplicates the descriptor of a channel's socket.
    static func socket(of channel: any Channel) throws -> NIOBSDSocket.Handle {
        let descriptor = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { fcntl($0, F_DUPFD_CLOEXEC, 0) }
        guard let descriptor, descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "fcntl(F_DUPFD_CLOEXEC)") }
        return descriptor
    }

    private func serve(_ arrival: Arrival, _ channel: any Channel, on shard: LoopShard) throws {
        guard shard.isServing else { throw LoopEnded() }
        let transport = try transport(of: channel)
        let handler = ConnectionHandler(shard.admit(arrival), transport: transport, unread: arrival.unread)
        // From here on the handler gives back what the connection has, whatever fails.
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        try channel.syncOptions?.setOption(
            .writeBufferWaterMark,
            value: ChannelOptions.Types.WriteBufferWaterMark(low: 1 << 17, high: 1 << 19))
        guard handler.readsIntoOwnBuffers else { return }
        // With one read at a time, NIO keeps no buffers of its own for a connection: see ``ReadBuffers``.
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        try channel.syncOptions?.setOption(
            .recvAllocator, value: ReadBufferSource(handler: NIOLoopBound(handler, eventLoop: channel.eventLoop)))
    }

    /// `.socket` if no other handler stands between the connection and its socket.
    private func transport(of channel: any Channel) throws -> Transport {
        if let handlers = core.configuration.channelHandlers {
            try channel.pipeline.syncOperations.addHandlers(handlers())
            return .pipeline
        }
        let socket = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        return socket.map { .socket($0) } ?? .pipeline
    }
}

/// Lets NIO ask a connection for the buffer of each read.
private struct ReadBufferSource: RecvByteBufferAllocator {
    let handler: NIOLoopBound<ConnectionHandler>

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { handler.value.bufferForRead() }

    /// - Returns: Always true: NIO asks again before each read.
    mutating func record(actualReadBytes: Int) -> Bool { true }
}
