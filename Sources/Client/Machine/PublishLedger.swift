import DequeModule
import ZaichikProtocol

/// Numbers the publishes of one connection as the broker does, and knows which task waits for which answer.
///
/// A REJECT or RECEIPT comes before the CONFIRM that passes it, and both come in the order of the publishes. So
/// publishes that are still unanswered when a CONFIRM passes their number were accepted.
struct PublishLedger: Sendable {
    /// The use of the answer to a publish.
    private enum Owner: Sendable {
        /// Counted for the next flush.
        case flush
        case waiter(WaiterID, wantsReceipt: Bool)
        /// Told already, or no longer wanted.
        case nobody
    }

    private struct Entry: Sendable {
        var bytes: Int
        var owner: Owner
    }

    private struct Flush: Sendable {
        var number: UInt64
        var waiter: WaiterID
        var tally: PublishTally
    }

    private(set) var published: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    private(set) var unconfirmedBytes = 0
    /// The publishes after `confirmed`, in order.
    private var entries = Deque<Entry>()
    private var awaitedAnswers = 0
    private var flushes = Deque<Flush>()
    /// Counts what was enqueued since the last flush.
    private var tally = PublishTally()
    /// Counts of the last flush that ended with an error, whose message tells them in words only.
    private var cutOff = PublishTally()
    private var waitingForRoom = Deque<WaiterID>()
    /// The end of an earlier connection that left messages of `tally` without an answer.
    private var loss: ClientError?
    private let maximumMessages: Int
    private let maximumBytes: Int

    init(maximumMessages: Int, maximumBytes: Int) {
        self.maximumMessages = max(maximumMessages, 1)
        self.maximumBytes = max(maximumBytes, 1)
    }

    /// Whether one more message may be published now.
    var hasRoom: Bool { entries.count < maximumMessages && unconfirmedBytes < maximumBytes }
    var awaitsAnswers: Bool { awaitedAnswers > 0 || !flushes.isEmpty || !waitingForRoom.isEmpty }

    /// Counts a publish.
    ///
    /// - Parameter waiter: Waits for its answer; nil: it counts into the next flush.
    mutating func publish(bytes: Int, waiter: WaiterID?, wantsReceipt: Bool = false) {
        published += 1
        unconfirmedBytes += bytes
        if let waiter {
            awaitedAnswers += 1
            entries.append(Entry(bytes: bytes, owner: .waiter(waiter, wantsReceipt: wantsReceipt)))
        } else {
            tally.enqueued += 1
            entries.append(Entry(bytes: bytes, owner: .flush))
        }
    }

    /// Has a task wait for room to publish.
    mutating func waitForRoom(_ waiter: WaiterID) { waitingForRoom.append(waiter) }

    /// Has a task wait until everything published so far is answered.
    mutating func flush(_ waiter: WaiterID) -> [Resumption] {
        var counted = tally
        tally = PublishTally()
        cutOff = PublishTally()
        if let error = loss {
            loss = nil
            // The next flush waits for the answers that this connection still owes.
            tally.enqueued = enqueuedAfter(flushes.last?.number ?? 0)
            counted.enqueued -= tally.enqueued
            cutOff = counted
            return [.failure(waiter, counted.explain(error))]
        }
        flushes.append(Flush(number: published, waiter: waiter, tally: counted))
        return settle()
    }

    /// A task no longer waits. If it waited in a flush, the next flush takes over its counts.
    mutating func cancel(_ waiter: WaiterID) {
        waitingForRoom.removeAll { $0 == waiter }
        guard let index = flushes.firstIndex(where: { $0.waiter == waiter }) else { return }
        let flush = flushes.remove(at: index)
        if index < flushes.count {
            flushes[index].tally.add(before: flush.tally)
        } else {
            tally.add(before: flush.tally)
        }
    }

    // MARK: Answers

    mutating func confirm(upTo number: UInt64) -> [Resumption] {
        var resumptions: [Resumption] = []
        while confirmed < min(number, published), let entry = entries.popFirst() {
            confirmed += 1
            unconfirmedBytes -= entry.bytes
            guard case .waiter(let waiter, let wantsReceipt) = entry.owner else { continue }
            awaitedAnswers -= 1
            resumptions.append(
                wantsReceipt
                    ? .failure(waiter, .receiptLost)
                    : .success(waiter))
        }
        return resumptions + settle()
    }

    /// Settles what another connection has told: so many of the publishes are answered.
    mutating func settle(upTo number: UInt64, _ refusals: PublishRefusals) -> [Resumption] {
        var resumptions: [Resumption] = []
        let last = min(number, published)
        while confirmed < last {
            // Those that were refused, or of which it is not known, one by one; all between them at once.
            let next = confirmed + 1
            switch refusals.verdict(on: next) {
            case .notRefused: break
            case .refused(let code): resumptions += reject(next, .refused(code, ""))
            case .unknown: resumptions += giveUp(next)
            }
            resumptions += confirm(upTo: next)
        }
        return resumptions
    }

    /// Whether an answered publish was accepted or refused is no longer known.
    private mutating func giveUp(_ number: UInt64) -> [Resumption] {
        guard let index = index(of: number) else { return [] }
        defer { entries[index].owner = .nobody }
        switch entries[index].owner {
        case .waiter(let waiter, _):
            awaitedAnswers -= 1
            return [.failure(waiter, .answerLost)]
        case .flush: count(number) { $0.lose(isSent: true) }
        case .nobody: break
        }
        return []
    }

    /// A new connection counts from 1: what is not answered is published again in it.
    mutating func beginAnew() {
        for index in flushes.indices { flushes[index].number -= confirmed }
        published -= confirmed
        confirmed = 0
    }

    /// Gives up publishes that were not sent, as they cannot be.
    ///
    /// - Parameter first: The number of the first of them.
    mutating func refuseUnsent(_ first: UInt64, count: Int, _ error: ClientError) -> [Resumption] {
        guard count > 0, let start = index(of: first) else { return [] }
        var resumptions: [Resumption] = []
        for (offset, entry) in entries[start..<start + count].enumerated() {
            unconfirmedBytes -= entry.bytes
            switch entry.owner {
            case .waiter(let waiter, _):
                awaitedAnswers -= 1
                resumptions.append(.failure(waiter, error))
            case .flush: self.count(first + UInt64(offset)) { $0.refuse(error) }
            case .nobody: break
            }
        }
        entries.removeSubrange(start..<start + count)
        published -= UInt64(count)
        for index in flushes.indices where flushes[index].number >= first {
            flushes[index].number = max(flushes[index].number, first - 1 + UInt64(count)) - UInt64(count)
        }
        return resumptions + settle()
    }

    mutating func reject(_ number: UInt64, _ error: ClientError) -> [Resumption] {
        guard let index = index(of: number) else { return [] }
        defer { entries[index].owner = .nobody }
        switch entries[index].owner {
        case .waiter(let waiter, _):
            awaitedAnswers -= 1
            return [.failure(waiter, error)]
        case .flush: count(number) { $0.refuse(error) }
        case .nobody: break
        }
        return []
    }

    mutating func receive(_ receipt: Receipt, for number: UInt64) -> [Resumption] {
        guard let index = index(of: number) else { return [] }
        switch entries[index].owner {
        case .waiter(let waiter, wantsReceipt: true):
            entries[index].owner = .nobody
            awaitedAnswers -= 1
            return [.success(waiter, .receipt(receipt))]
        // A duplicate is told although no receipt was asked for.
        case .flush where receipt.outcome == .duplicate: count(number) { $0.duplicates += 1 }
        case .flush, .waiter, .nobody: break
        }
        return []
    }

    /// How many enqueued messages after a number are not answered.
    private func enqueuedAfter(_ number: UInt64) -> UInt64 {
        let known = Int(max(number, confirmed) - confirmed)
        return entries.dropFirst(known).reduce(0) { count, entry in
            if case .flush = entry.owner { count + 1 } else { count }
        }
    }

    private func index(of number: UInt64) -> Int? {
        number > confirmed && number <= published ? Int(number - confirmed - 1) : nil
    }

    private mutating func count(_ number: UInt64, _ change: (inout PublishTally) -> Void) {
        if let index = flushes.firstIndex(where: { $0.number >= number }) {
            change(&flushes[index].tally)
        } else {
            change(&tally)
        }
    }

    private mutating func settle() -> [Resumption] {
        var resumptions: [Resumption] = []
        while let first = flushes.first, first.number <= confirmed {
            flushes.removeFirst()
            resumptions.append(.success(first.waiter, .flushed(first.tally.result)))
        }
        // Only when half is free, so that tasks are woken many at a time and not one by one.
        if entries.count <= maximumMessages / 2, unconfirmedBytes <= maximumBytes / 2 {
            resumptions += waitingForRoom.map { .success($0, .hasRoom) }
            waitingForRoom.removeAll()
        }
        return resumptions
    }

    // MARK: Endings

    /// Forgets the publishes that were not sent, and expects no answer to the others.
    ///
    /// - Parameter sent: How many of this connection's publishes were sent.
    /// - Returns: The fate of everything enqueued since the last flush that returned without an error, and the tasks to
    ///   resume.
    mutating func withdraw(sent: UInt64) -> (FlushResult, [Resumption]) {
        var resumptions: [Resumption] = flushes.map { .failure($0.waiter, .cancelled) }
        var counted = takeTallies()
        counted.add(before: cutOff)
        cutOff = PublishTally()
        loss = nil
        while published > max(sent, confirmed), let entry = entries.popLast() {
            published -= 1
            unconfirmedBytes -= entry.bytes
            switch entry.owner {
            case .flush: counted.unsent += 1
            case .waiter(let waiter, _):
                awaitedAnswers -= 1
                resumptions.append(.failure(waiter, .withdrawn))
            case .nobody: break
            }
        }
        for index in entries.indices {
            guard case .flush = entries[index].owner else { continue }
            counted.unanswered += 1
            entries[index].owner = .nobody
        }
        return (counted.result, resumptions + settle())
    }

    /// The connection is gone. No further answers come, and the next connection counts from 1.
    ///
    /// - Parameter sent: How many of its publishes were sent.
    mutating func lose(_ error: ClientError, sent: UInt64) -> [Resumption] {
        var resumptions: [Resumption] = []
        var number = confirmed
        for entry in entries {
            number += 1
            switch entry.owner {
            case .waiter(let waiter, _):
                resumptions.append(.failure(waiter, number > sent ? error.ofUnsent : error.ofUnanswered))
            case .flush: count(number) { $0.lose(isSent: number <= sent) }
            case .nobody: break
            }
        }
        for flush in flushes {
            cutOff.add(before: flush.tally)
            resumptions.append(.failure(flush.waiter, flush.tally.explain(error)))
        }
        resumptions += waitingForRoom.map { .failure($0, error.ofUnsent) }
        // The next flush, in whatever connection, tells of the messages enqueued since the last one.
        let (kept, keptCutOff, keptLoss) = (tally, cutOff, tally.isAnswered ? nil : loss ?? error)
        self = PublishLedger(maximumMessages: maximumMessages, maximumBytes: maximumBytes)
        (tally, cutOff, loss) = (kept, keptCutOff, keptLoss)
        return resumptions
    }

    private mutating func takeTallies() -> PublishTally {
        for flush in flushes.reversed() { tally.add(before: flush.tally) }
        flushes.removeAll()
        defer { tally = PublishTally() }
        return tally
    }
}
