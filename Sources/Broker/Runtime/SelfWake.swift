import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Has a loop go on behind its sockets.
///
/// A task that an event loop gives itself runs before the loop looks at its sockets again, and so does the next one that
/// this task gives it: a client that catches up would keep everybody else waiting. What comes through a pipe comes in turn.
final class SelfWake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let output: CInt
    private let channel: any Channel
    private let woken: () -> Void

    private init(output: CInt, channel: any Channel, woken: @escaping () -> Void) {
        self.output = output
        self.channel = channel
        self.woken = woken
    }

    /// - Parameter woken: Called on the loop, once for all calls of ``wake()`` before.
    static func open(
        on eventLoop: any EventLoop, opened: @escaping @Sendable (SelfWake) -> Void,
        woken: @escaping @Sendable () -> Void
    ) -> EventLoopFuture<Void> {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return eventLoop.makeFailedFuture(IOError(errnoCode: errno, reason: "pipe")) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let output = ends[1]
        return NIOPipeBootstrap(group: eventLoop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let wake = SelfWake(output: output, channel: channel, woken: woken)
                    try channel.pipeline.syncOperations.addHandler(wake)
                    opened(wake)
                }
            }
            .takingOwnershipOfDescriptor(input: ends[0])
            .map { _ in }
    }

    /// Has the loop call back when it has looked at its sockets.
    ///
    /// - Returns: Whether it will.
    func wake() -> Bool {
        var byte: UInt8 = 0
        // In a full pipe something is on its way.
        return write(output, &byte, 1) == 1 || errno == EAGAIN
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { woken() }

    /// Closes both ends of the pipe.
    func close() {
        channel.close(promise: nil)
        _ = Self.closeDescriptor(output)
    }

    private static func closeDescriptor(_ descriptor: CInt) -> CInt {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Musl.close(descriptor)
        #endif
    }
}
