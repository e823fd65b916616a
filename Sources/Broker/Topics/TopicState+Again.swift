import ZaichikProtocol

/// The result of delivering messages of a topic again.
struct TakeAgainResult {
    var messages = 0
    /// Bytes taken or skipped.
    var bytes = 0
    /// Bytes taken.
    var delivered = 0
    /// What is left of them; nil if nothing is.
    var rest: ClosedRange<UInt64>?
    /// The stamp of the first message that is left; nil if it has none.
    var next: UInt64?
    /// Whether the next message has more bytes than may be in flight with the others.
    var exceedsWindow = false
    /// Whether the log does not have the next message at hand.
    var isStuck = false
}

// Messages that a cursor has had before: they come again, or are lost.
extension TopicState {
    /// Delivers messages again, as far as a request allows and the log still has them. Whether they are duplicates was judged
    /// when they were delivered first.
    mutating func takeAgain(
        _ run: ReturnedRun, _ cursor: inout Cursor, _ request: TakeRequest, topic: Topic,
        output: inout [QueueOutput], wakes: inout WakeList
    ) -> TakeAgainResult {
        var result = TakeAgainResult()
        guard !isGone else {
            // The reader will hear of it in a moment.
            result.rest = run.range
            result.isStuck = true
            return result
        }
        guard tellLost(&cursor, request, topic: topic, output: &output) else {
            // The rest is told in the next turn, before anything else is.
            result.rest = run.range
            result.next = run.stamp
            result.bytes = request.limit.bytes
            return result
        }
        defer { moveHold(&cursor, wakes: &wakes) }
        guard let outstanding = cursor.outstanding else { return result }
        var limit = request.limit
        var next = run.range.lowerBound
        func left(from sequence: UInt64) -> ClosedRange<UInt64>? {
            (run.isFirst ? outstanding.aside : outstanding.returned).next(from: sequence)
        }
        // Some may have been lost since.
        reading: while let range = left(from: next), range.lowerBound <= run.range.upperBound {
            next = range.lowerBound
            guard limit.messages > 0, limit.bytes > 0 else { break }
            var position = log.position(ofStored: next)
            var bounded = limit
            bounded.messages = min(limit.messages, Int(range.clamped(to: run.range).upperBound - next) + 1)
            let taken: TakenRun
            switch take(&position, bounded, now: request.now, &result) {
            case .messages(let run): taken = run
            case .withheld(let reason, let bytes):
                withhold(next, of: run, outstanding, request)
                if traced != nil { traceWithheld(reason.traceText, position, topic, &output) }
                if reason == .purged {
                    tellPurged(next, &cursor, request, topic: topic, output: &output)
                } else {
                    counters.outlived += 1
                }
                result.bytes += bytes
                limit.bytes -= bytes
                next += 1
                continue reading
            case .limited, .tooLong, .notHere: break reading
            }
            cursor.announce(topic, to: request.attachment, &output)
            output.append(run.isFirst ? .run(topic, taken) : .again(topic, taken, run.attempt))
            cursor.deliveredAgain(taken, of: run)
            result.messages += taken.count
            result.bytes += taken.size
            result.delivered += taken.size
            limit.messages -= taken.count
            limit.bytes -= taken.size
            if let room = request.byteRoom { limit.bound(room - result.delivered) }
            next = taken.lastSequence + 1
        }
        if let range = left(from: next), range.lowerBound <= run.range.upperBound {
            result.rest = range.lowerBound...run.range.upperBound
            result.next = log.stamp(at: log.position(ofStored: range.lowerBound))
        }
        return result
    }

    /// Passes over a message that has become too old for what it asked for itself, or was purged: the cursor is done with
    /// it.
    private mutating func withhold(
        _ sequence: UInt64, of run: ReturnedRun, _ outstanding: Outstanding, _ request: TakeRequest
    ) {
        outstanding.withheld(sequence, bytes: run.bytes / Int(run.range.numbers))
        // Others of its key do not wait for it any more.
        guard let (owners, slot) = request.byKey else { return }
        owners.forget(KeyOwners.Message(slot: slot, sequence: sequence))
    }

    private func take(
        _ position: inout LogPosition, _ limit: ReadLimit, now: UInt64, _ result: inout TakeAgainResult
    ) -> LogReading {
        let reading = log.read(&position, limit: limit, now: now)
        switch reading {
        case .messages, .withheld, .limited: break
        case .tooLong: result.exceedsWindow = true
        case .notHere: result.isStuck = true
        }
        return reading
    }

    /// Reports what was to come again, or is parked, and is no longer kept for the cursor: the first of it, if it is much.
    ///
    /// - Returns: Whether all was told.
    mutating func tellLost(
        _ cursor: inout Cursor, _ request: TakeRequest, topic: Topic, output: inout [QueueOutput]
    ) -> Bool {
        guard let outstanding = cursor.outstanding else { return true }
        let floor = settledFloor(of: cursor, now: request.now)
        let (ranges, isAll) = outstanding.lose(below: floor.sequence)
        for lost in ranges {
            cursor.announce(topic, to: request.attachment, &output)
            for (part, reason) in parts(of: lost, floor.reason) {
                output.append(.gap(reason, topic, first: part.lowerBound, last: part.upperBound))
            }
            cursor.gapMessages += lost.numbers
            if let (owners, slot) = request.byKey {
                for sequence in lost { owners.forget(KeyOwners.Message(slot: slot, sequence: sequence)) }
            }
        }
        return isAll
    }

    /// Judges by its key whether a message may go to the connection that takes it. One that may not is put aside. What is done
    /// as soon as it is delivered is never in flight, and goes to any.
    func admit(_ taken: TakenRun, _ cursor: inout Cursor, _ request: TakeRequest) -> Bool {
        guard !cursor.isAutoCommitted, let (owners, slot) = request.byKey,
            let key = taken.segment.withKey(at: taken.offsets.lowerBound, { owners.fingerprint($0, slot: slot) })
        else { return true }
        let message = KeyOwners.Message(slot: slot, sequence: taken.firstSequence)
        guard !owners.admit(message, key: key, to: request.attachment) else { return true }
        let outstanding = cursor.outstanding ?? Outstanding()
        cursor.outstanding = outstanding
        outstanding.putAside(taken.firstSequence, bytes: taken.size)
        owners.putAside(
            ReturnedRun(
                stamp: taken.lastStamp, slot: slot, serial: cursor.serial,
                range: taken.firstSequence...taken.firstSequence, bytes: taken.size, due: 0, attempt: .first),
            key: key)
        return false
    }

    /// The earliest message that the cursor may still get again, and the reason why those before it are lost to it.
    func settledFloor(of cursor: Cursor, now: UInt64) -> (sequence: UInt64, reason: GapReason) {
        var floor = (sequence: holds.needed(cursor.seat), reason: GapReason.limit)
        if floor.sequence == purgedBelow { floor.reason = .purged }
        if log.firstSequence > floor.sequence { floor = (log.firstSequence, .expired) }
        let cutoff = cutoff(now: now)
        if cutoff > 0 {
            let live = log.position(atOrAfter: cutoff).sequence
            if live > floor.sequence { floor = (live, .expired) }
        }
        return floor
    }

    /// Moves a cursor that was set back past what it has in flight, or comes again, or is parked, and bounds a read by the
    /// next such message.
    func passOutstanding(_ outstanding: Outstanding, _ position: inout LogPosition, _ limit: inout ReadLimit) {
        while let next = outstanding.next(from: position.sequence) {
            guard next.lowerBound == position.sequence else {
                limit.messages = min(limit.messages, Int(clamping: next.lowerBound - position.sequence))
                break
            }
            position = .unlocated(next.upperBound + 1)
        }
    }
}

extension ReturnedRun {
    /// Whether it comes for the first time, as it was put aside.
    fileprivate var isFirst: Bool { attempt.number == 1 }
}

extension Cursor {
    /// Notes a delivery of a part of what was returned or put aside.
    fileprivate mutating func deliveredAgain(_ taken: TakenRun, of run: ReturnedRun) {
        let (sequences, share) = (
            taken.firstSequence...taken.lastSequence, run.bytes * taken.count / Int(run.range.numbers)
        )
        if run.isFirst {
            outstanding?.deliveredAside(sequences, bytes: share)
        } else {
            outstanding?.deliveredAgain(sequences, bytes: share)
        }
        inFlight += taken.count
        inFlightBytes += taken.size
    }
}
