import ZaichikProtocol

// Named producers. The name goes from one connection to the next when the earlier one has ended, and so what it had
// published is counted; the newcomer's WELCOME waits for that.
extension Connection {
    /// Claims the producer's name that HELLO gives. WELCOME comes at once, or when the connection that has the name has
    /// ended.
    ///
    /// - Parameter session: The session that the connection is attached to; nil if it has a queue of its own.
    func claim(_ name: SessionName, session: Welcome.AttachedSession?) {
        gate.producer = ProducerSeat(name: name, session: session, budget: core.budget)
        let claimant = ProducerTable.Holder(handle: handle, connection: id)
        switch core.producers.claim(name, by: claimant, now: core.now) {
        case .granted(let record): welcome(session: session, producer: record)
        case .waits(let holder, let displaced):
            waitsForName()
            let reason = "the producer '\(name)' was taken over by \(introduction)"
            for earlier in [holder, displaced].compactMap({ $0 }) {
                core.shards[Int(earlier.handle.shard)].onLoop { $0.takeProducer(name, from: earlier.handle, reason) }
            }
        case .contended(let holder): refuseProducer(name, heldBy: holder)
        }
    }

    /// Ends the connection, as the name was taken over too often lately.
    func refuseProducer(_ name: SessionName, heldBy holder: ProducerTable.Holder) {
        end(
            .producerContended,
            "the producer '\(name)' was taken over \(Takeovers.most) times in \(Takeovers.span / 1_000_000) s; client "
                + "\(holder.connection) has it now. Give each client a name of its own")
    }

    /// The connection that had the name before has ended.
    fileprivate func producerGranted(_ record: ProducerRecord) {
        guard life.isClaiming, let seat = gate.producer else { return }
        welcome(session: seat.session, producer: record)
        channel?.resumeInputIfHeld()
    }

    /// Gives the producer's name back, with the final number of publishes. Done once, when nothing more is published.
    func leaveProducer() {
        guard let (seat, answered) = gate.endProducer() else { return }
        let ended = core.producers.end(
            seat.name, handle, answered: answered, refusals: seat.refusals, now: core.now)
        for name in ended.forgotten { core.log.tell(.producerForgotten, ["producer": .quoted(name.string)]) }
        guard let grant = ended.grant else { return }
        core.shards[Int(grant.holder.handle.shard)].onLoop { $0.grantProducer(grant) }
    }
}

extension LoopShard {
    /// Ends a connection because a newer one has its producer's name.
    fileprivate func takeProducer(_ name: SessionName, from handle: PublisherHandle, _ reason: String) {
        beginStep()
        defer { flush() }
        guard let connection = connections[handle] else { return }
        // One whose client is gone does not fight for the name.
        if !connection.hasVanished { core.producers.noteTakeover(name, now: core.now) }
        connection.end(.producerTakenOver, reason)
    }

    fileprivate func grantProducer(_ grant: ProducerTable.Grant) {
        beginStep()
        connections[grant.holder.handle]?.producerGranted(grant.record)
        flush()
    }
}
