import NIOCore
import ZaichikProtocol

// Transactions: commits and publishes that happen all or not at all. docs/PROTOCOL.md, "TRANSACTION".
extension Connection {
    /// Does what a transaction asks for, and answers it.
    func carryOut(_ transaction: Transaction, request: UInt32) {
        do throws(TransactionAbort) {
            let done = TransactionDone(publishes: try perform(transaction))
            send(.ok(request: request, detail: done.detail))
        } catch {
            shard.totals.refusals.count(error.code)
            send(
                .aborted(
                    code: error.code.rawValue, request: request, error.part, index: UInt32(error.index),
                    message: error.message))
        }
    }

    /// First everything is judged; from the first append on nothing can fail any more.
    private func perform(_ transaction: Transaction) throws(TransactionAbort) -> [TransactionDone.Publish] {
        guard life.isReady || transaction.count == 0 else {
            throw TransactionAbort(.shuttingDown, publish: 0, ConnectionLife.stopping)
        }
        try checkInFlight(transaction.commits)
        let plan = try TransactionPlan(transaction.publishes) {
            shard.topic($0)
        } mayTrace: {
            PublishTrace.mayBegin($0, self)
        }
        var frames = transaction.publishes
        for offset in plan.untraced { PublishTrace.drop(from: &frames, at: offset) }
        var records: [TransactionDone.Publish] = []
        if plan.count > 0, let drain = core.operations.draining {
            throw TransactionAbort(.draining, publish: 0, drain.drainText)
        }
        if plan.count > 0 { records = try publish(plan, frames) }
        commit(transaction.commits)
        return records
    }

    private func publish(
        _ plan: TransactionPlan, _ frames: ByteBuffer
    ) throws(TransactionAbort) -> [TransactionDone.Publish] {
        core.findMemory(for: plan.bytes, now: shard.now, wakes: &shard.wakes)
        var append = TransactionAppend(plan, frames, shard, publisher: gate.publisher(self))
        try append.perform()
        for result in append.results { count(result) }
        for (id, result, times) in append.traced {
            if let topic = shard.topic(id) { PublishTrace.tell(result, in: topic, times, hasWaited: false, self) }
        }
        return append.records
    }

    private func checkInFlight(_ ranges: [ClosedRange<UInt64>]) throws(TransactionAbort) {
        guard let missing = firstNotInFlight(ranges) else { return }
        let index = ranges.firstIndex { $0.contains(missing) } ?? 0
        throw TransactionAbort(.notInFlight, commit: index, "delivery \(missing) is not in flight on this connection")
    }

    /// The first of these deliveries that is not in flight; nil if all are.
    private func firstNotInFlight(_ ranges: [ClosedRange<UInt64>]) -> UInt64? {
        for range in ranges {
            if let missing = attachment.inFlight.firstMissing(in: range) { return missing }
        }
        return nil
    }

    /// Commits deliveries that are in flight.
    private func commit(_ ranges: [ClosedRange<UInt64>]) {
        guard !ranges.isEmpty else { return }
        let before = attachment.committed
        guard case .done = reader.queue.settle(ranges, .commit, of: &attachment, now: shard.now) else {
            preconditionFailure("a transaction commits what is not in flight")
        }
        committed(attachment.committed - before)
        queueChanged(reader)
    }
}
