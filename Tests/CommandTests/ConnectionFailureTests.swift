import Glibc
import NIOCore
import NIOPosix
import Testing

/// Closes each connection as soon as it is there.
private final class Closer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let resets: Bool

    init(resets: Bool) { self.resets = resets }

    func channelActive(context: ChannelHandlerContext) {
        // Closing drops what is unsent, and then the other side is told with a reset.
        let options = context.channel as? any SocketOptionProvider
        if resets { _ = options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)) }
        context.close(promise: nil)
    }
}

@Suite("Connections that fail", .timeLimit(.minutes(1)))
struct ConnectionFailureTests {
    @Test(
        "a peer that closes or resets the connection at once is one that cannot be reached: exit code 69",
        arguments: [false, true])
    func closesAtOnce(resets: Bool) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Closer(resets: resets))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        for command in [["topic", "ls"], ["pub", "t", "x"], ["status"]] {
            let running = try Running(command + ["--connect", "127.0.0.1:\(port)"])
            let ended = await running.finished()
            #expect(ended.status == 69 && ended.errors.contains("127.0.0.1:\(port)"), "\(ended)")
        }
        try await server.close()
    }

    @Test(
        "the patience covers connecting, too: a broker that hangs ends a command with exit code 75",
        arguments: [["status"], ["sub", "t"]])
    func hangs(command: [String]) async throws {
        let broker = try await ServedBroker.start()
        broker.running.signal(SIGSTOP)
        let running = try Running(command + ["-W", "100ms", "--connect", broker.address])
        let ended = await running.finished()
        #expect(ended.status == 75 && ended.errors.contains(broker.address), "\(ended)")
        broker.running.signal(SIGKILL)
    }
}
