import DequeModule
import NIOCore
import ZaichikProtocol

/// The clients of one loop that have gone, and its channels that are to be closed at a time.
///
/// Thousands may go at once. So their ends are handled some at a time, after the sockets. Times are kept in queues with
/// one scheduled task each: to cancel a task, NIO looks through all that are scheduled.
final class Departures {
    private let background: BackgroundWork
    /// Channels whose clients have shut their side.
    private var ended: Deque<ConnectionHandler> = []
    /// Channels whose last frame has not been sent.
    private let lastFrames: Countdown
    /// Channels that are read from for a while, so that the last frame is not lost to a reset.
    private let lastReads: Countdown

    /// How many ends are handled in one step.
    private static let endsAStep = 4

    init(eventLoop: any EventLoop, background: BackgroundWork) {
        self.background = background
        lastFrames = Countdown(.seconds(Int64(PeerLimits.lastFrame)), eventLoop)
        lastReads = Countdown(.seconds(Int64(PeerLimits.lastReads)), eventLoop)
    }

    /// The client has shut its side: its connection hears of it after the sockets have had their turn.
    func inputClosed(_ channel: ConnectionHandler) {
        ended.append(channel)
        guard ended.count == 1 else { return }
        background.add { [unowned self] _ in
            for _ in 0..<Self.endsAStep { ended.popFirst()?.tellInputClosed() }
            return !ended.isEmpty
        }
    }

    /// The client has to take its last frame in time.
    func awaitLastFrame(_ channel: ConnectionHandler) {
        lastFrames.add { [weak channel] in channel?.closeUnlessSent() }
    }

    /// What the client still sends is read for a while.
    func discardReads(_ channel: ConnectionHandler) {
        lastReads.add { [weak channel] in channel?.close() }
    }

    func close() { ended.removeAll() }
}

/// Calls closures after a time, which is the same for all of them.
private final class Countdown {
    private let time: TimeAmount
    private let eventLoop: any EventLoop
    private var waiting: Deque<(deadline: NIODeadline, body: () -> Void)> = []

    init(_ time: TimeAmount, _ eventLoop: any EventLoop) {
        self.time = time
        self.eventLoop = eventLoop
    }

    func add(_ body: @escaping () -> Void) {
        waiting.append((eventLoop.now + time, body))
        if waiting.count == 1 { schedule() }
    }

    private func schedule() {
        guard let first = waiting.first else { return }
        eventLoop.assumeIsolated().scheduleTask(deadline: first.deadline) { [self] in
            // Those that are due, but at least the first: the others are due within the same instant.
            repeat { waiting.popFirst()?.body() } while waiting.first.map { $0.deadline <= eventLoop.now } ?? false
            schedule()
        }
    }
}
