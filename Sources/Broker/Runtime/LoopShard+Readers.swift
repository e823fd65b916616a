import ZaichikProtocol

// What readers do in steps after the sockets.
extension LoopShard {
    /// Ends a reader with its subscriptions and holds, and calls `body` when nothing of it is left.
    func abandon(_ reader: Reader, then body: @escaping () -> Void) {
        for pattern in reader.queue.subscriptions.patterns { core.registry.unsubscribe(reader.handle, from: pattern) }
        // The queue's losses stay in the broker's figures, told or not.
        totals.gaps += reader.sample(now: now).lag.untoldGaps
        endTraces(of: reader)
        tellParked(reader)
        reader.abandon()
        reader.step(now: now, wakes: &wakes)
        finishInBackground(reader, then: body)
    }

    /// Does what a reader needs once a second.
    ///
    /// - Returns: Its lag, and how many messages it has lost.
    func keep(_ reader: Reader) -> (lag: QueueLag, lost: UInt64) {
        reader.queue.forgetKeys(now: now, steps: &ticker.forgettingSteps)
        tellParked(reader)
        let sample = reader.sample(now: now)
        if reader.isMeasuredInSteps { background.add { reader.measureLag(now: $0) } }
        return sample
    }

    /// Finishes a reader's work in steps after the sockets, and then calls `body`.
    func finishInBackground(_ reader: Reader, then body: @escaping () -> Void = {}) {
        guard reader.isBusy else { return body() }
        background.add { [unowned self] now in
            reader.step(now: now, wakes: &wakes)
            if reader.isBusy { return true }
            body()
            return false
        }
    }

    /// Forgets parked messages of a reader that are lost, in steps after the sockets, and then calls `body`.
    func sweepParked(of reader: Reader, then body: @escaping () -> Void) {
        reader.sweepParked()
        if reader.isBusy { reader.step(now: now, wakes: &wakes) }
        finishInBackground(reader, then: body)
    }

    /// Settles what is left to settle, in steps after the sockets. Meanwhile the reader's connections wait.
    func settleInBackground(_ reader: Reader) {
        background.add { [unowned self] now in
            reader.queue.settleMore(now: now)
            reader.queue.releaseCommitted(wakes: &wakes)
            if reader.queue.isSettling { return true }
            queueChanged(reader)
            for owner in reader.owners { owner.readerBecameReady() }
            return false
        }
    }
}
