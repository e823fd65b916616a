import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Lets a loop continue its work after it has looked at its sockets.
///
/// A task that an event loop submits to itself runs before the loop looks at its sockets again, and so does the next
/// one that this task submits: a client that catches up would keep all others waiting. A byte in a pipe is read among
/// the other sockets.
final class SelfWake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let writeEnd: CInt
    private let channel: any Channel
    private let woken: () -> Void

    private init(writeEnd: CInt, channel: any Channel, woken: @escaping () -> Void) {
        self.writeEnd = writeEnd
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
        let writeEnd = ends[1]
        return NIOPipeBootstrap(group: eventLoop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let wake = SelfWake(writeEnd: writeEnd, channel: channel, woken: woken)
                    try channel.pipeline.syncOperations.addHandler(wake)
                    opened(wake)
                }
            }
            .takingOwnershipOfDescriptor(input: ends[0])
            .map { _ in }
    }

    /// Makes the loop call back after it has looked at its sockets.
    ///
    /// - Returns: Whether it will.
    func wake() -> Bool {
        var byte: UInt8 = 0
        // If the pipe is full, a wake is on its way.
        return write(writeEnd, &byte, 1) == 1 || errno == EAGAIN
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { woken() }

    /// Closes both ends of the pipe.
    func close() {
        channel.close(promise: nil)
        _ = Self.closeDescriptor(writeEnd)
    }

    private static func closeDescriptor(_ descriptor: CInt) -> CInt {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Musl.close(descriptor)
        #endif
    }
}
