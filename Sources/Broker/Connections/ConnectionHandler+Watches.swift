import NIOCore
import ZaichikProtocol

// The statistics that are pushed.
extension ConnectionHandler {
    func beginWatch(_ watch: WatchRequest, request: UInt32) throws(FrameError) {
        let rows = Observation.rowsAnUpdate(frameLimit: frameLimit)
        let interval = try desk.watches.begin(request, watch, rows: rows)
        send(.ok(request: request, detail: WatchGranted(interval: interval).detail))
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        let time = TimeAmount.milliseconds(Int64(interval))
        watchTasks[request] = shard.eventLoop.scheduleRepeatedTask(initialDelay: time, delay: time) { _ in
            this.value.watchDue(request, isUrgent: false)
        }
        watchDue(request, isUrgent: true)
    }

    func endWatch(_ id: UInt32, request: UInt32) throws(FrameError) {
        try desk.watches.end(id, request: request)
        watchTasks.removeValue(forKey: id)?.cancel()
        send(.ok(request: request, detail: ByteBuffer()))
    }

    /// - Parameter isUrgent: Whether the update is not to wait for the loop's next tick.
    private func watchDue(_ id: UInt32, isUrgent: Bool) {
        guard context != nil, ending == .none else { return }
        switch desk.watches.due(id, mayGather: isWritable) {
        case .ended: break
        case .skip: shard.totals.skippedUpdates += 1
        case .gather(let wanted):
            shard.gatherings.update(wanted.request, isUrgent: isUrgent) { [self] update in
                desk.watches.gathered(wanted, update)
                serveDesk()
            }
        }
    }
}
