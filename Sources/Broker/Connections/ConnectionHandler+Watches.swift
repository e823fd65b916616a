import NIOCore
import ZaichikProtocol

/// What is pushed to a client at an interval.
struct Watch {
    var task: RepeatedTask
    /// Whether the loops are being asked for an update.
    var isGathering = false
}

// The statistics that are pushed.
extension ConnectionHandler {
    private static let watchLimit = 16

    func beginWatch(_ watch: WatchRequest, request: UInt32) throws(FrameError) {
        guard watches[request] == nil, watches.count < Self.watchLimit else {
            throw FrameError(
                .tooManyWatches, request: request,
                "a connection has at most \(Self.watchLimit) watches, each under a request id of its own")
        }
        var watch = watch
        watch.interval = min(max(watch.interval, WatchRequest.shortestInterval), 3_600_000)
        send(.ok(request: request, detail: WatchGranted(interval: watch.interval).detail))
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        let granted = watch
        let interval = TimeAmount.milliseconds(Int64(watch.interval))
        let task = shard.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in
            this.value.push(granted, request: request)
        }
        watches[request] = Watch(task: task)
    }

    func endWatch(_ id: UInt32, request: UInt32) throws(FrameError) {
        guard let watch = watches.removeValue(forKey: id) else {
            throw FrameError(.badArgument, request: request, "there is no watch under request id \(id)")
        }
        watch.task.cancel()
        send(.ok(request: request, detail: ByteBuffer()))
    }

    private func push(_ wanted: WatchRequest, request: UInt32) {
        guard let context, ending == .none, let watch = watches[request] else { return }
        // Who does not read gets no more of what would be old when it is read, and what takes longer than the interval
        // is not asked for again meanwhile.
        guard context.channel.isWritable, !watch.isGathering else {
            shard.totals.skippedUpdates += 1
            return
        }
        watches[request]?.isGathering = true
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        let rows = frameLimit / 2 / Observation.longestRow
        core.update(wanted, rows: rows, on: shard.eventLoop).whenSuccess { update in
            guard this.value.context != nil, this.value.watches[request] != nil else { return }
            this.value.watches[request]?.isGathering = false
            this.value.send(.statistics(watch: request, update))
            this.value.shard.beginStep()
            this.value.shard.flush()
        }
    }
}
