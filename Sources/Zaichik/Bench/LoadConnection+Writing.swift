import NIOCore
import ZaichikProtocol

// The way out: publishes, commits, and answers.
extension LoadConnection {
    /// Written at once, in bytes.
    private static let piece = 128 << 10

    /// Publishes what it may.
    func publish(now: UInt64) {
        guard let context, !isClosing, var room = publisher?.room, room > 0 else { return }
        var isHeld = false
        if let backlog = loop.backlog, let most = publisher?.messages(causing: backlog.room), most < room {
            room = most
            isHeld = true
        }
        let most = UInt64(max(Self.piece / setup.template.size, 1))
        while room > 0 {
            let count = min(room, most)
            if let backlog = loop.backlog { backlog.published(publisher?.deliveries(ofNext: Int(count)) ?? 0) }
            var bytes = ByteBuffer()
            if setup.plan.publishesUnconfirmed { loop.lastConfirm = now }
            publisher?.write(count, now: now, schedule: loop.schedule, template: setup.template, to: &bytes)
            room -= count
            context.write(wrapOutboundOut(bytes), promise: nil)
        }
        context.flush()
        if isHeld { loop.hold(self) }
    }

    /// Commits what came: all at once, or each message by itself if workers share a session, as other brokers have it.
    func commit() {
        guard let before = subscriber?.committed, let count = subscriber?.commit(), !setup.plan.commitsBySending else {
            return
        }
        guard setup.plan.sharesSession else { return send(.commit(count)) }
        guard let context, !isClosing else { return }
        var bytes = ByteBuffer()
        for number in before + 1...count { ClientFrame.commit(number).write(to: &bytes) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Commits one message when the delay is over, and then the next.
    func commitLater() {
        guard !isCommitting, let subscriber, subscriber.delivered > subscriber.committed else { return }
        isCommitting = true
        loop.eventLoop.assumeIsolated().scheduleTask(in: setup.plan.commitDelay) {
            self.isCommitting = false
            guard let count = self.subscriber?.commit(atMost: 1) else { return }
            self.send(.commit(count))
            self.commitLater()
        }
    }

    func send(_ frame: ClientFrame) {
        guard let context, !isClosing else { return }
        var bytes = ByteBuffer()
        frame.write(to: &bytes)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }
}
