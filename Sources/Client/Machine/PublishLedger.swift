import DequeModule
import ZaichikProtocol

/// Numbers the publishes of one connection as the broker does, and knows who waits for which answer.
///
/// A REJECT or RECEIPT comes before the CONFIRM that passes it, and both come in the order of the publishes; so
/// whatever is left when a CONFIRM passes a number was accepted.
struct PublishLedger: Sendable {
    private(set) var published: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    private(set) var unconfirmedBytes = 0
    private var sizes = Deque<Int>()
    private var waiting = Deque<Waiting>()
    private var flushes = Deque<Flush>()
    private var open = Tally()
    private var gate = Deque<WaiterID>()
    private let maximumMessages: Int
    private let maximumBytes: Int

    init(maximumMessages: Int, maximumBytes: Int) {
        self.maximumMessages = max(maximumMessages, 1)
        self.maximumBytes = max(maximumBytes, 1)
    }

    /// Why it is not known what became of messages enqueued in an earlier connection.
    private var lostBefore: ClientError?

    private struct Waiting: Sendable {
        var number: UInt64
        var waiter: WaiterID?
        var wantsReceipt: Bool
    }

    private struct Tally: Sendable {
        var enqueued: UInt64 = 0
        var refused: UInt64 = 0
        var duplicates: UInt64 = 0
        var firstRefusal: ClientError?

        mutating func refuse(_ error: ClientError) {
            refused += 1
            if firstRefusal == nil { firstRefusal = error }
        }
    }

    private struct Flush: Sendable {
        var number: UInt64
        var waiter: WaiterID
        var tally: Tally
    }

    /// Whether one more message may be enqueued now.
    var hasRoom: Bool { sizes.count < maximumMessages && unconfirmedBytes < maximumBytes }
    var awaitsAnswers: Bool { !waiting.isEmpty || !flushes.isEmpty || !gate.isEmpty }

    /// Counts a publish that goes out.
    ///
    /// - Parameter waiter: Who waits for its answer; nothing: it counts into the next flush.
    mutating func publish(bytes: Int, waiter: WaiterID?, wantsReceipt: Bool = false) {
        published += 1
        sizes.append(bytes)
        unconfirmedBytes += bytes
        if let waiter {
            waiting.append(Waiting(number: published, waiter: waiter, wantsReceipt: wantsReceipt))
        } else {
            open.enqueued += 1
        }
    }

    /// Someone waits for room to enqueue.
    mutating func waitForRoom(_ waiter: WaiterID) { gate.append(waiter) }

    /// Someone waits until everything published so far is answered.
    mutating func flush(_ waiter: WaiterID) -> [Resumption] {
        if let lost = lostBefore {
            lostBefore = nil
            open = Tally()
            return [.failure(waiter, lost)]
        }
        flushes.append(Flush(number: published, waiter: waiter, tally: open))
        open = Tally()
        return settle()
    }

    mutating func confirm(upTo number: UInt64) -> [Resumption] {
        while confirmed < min(number, published), let size = sizes.popFirst() {
            confirmed += 1
            unconfirmedBytes -= size
        }
        return settle()
    }

    mutating func reject(_ number: UInt64, _ error: ClientError) -> [Resumption] {
        if let index = index(of: number) {
            guard let waiter = waiting[index].waiter else { return [] }
            waiting[index].waiter = nil
            return [.failure(waiter, error)]
        }
        if let index = flushes.firstIndex(where: { $0.number >= number }) {
            flushes[index].tally.refuse(error)
        } else {
            open.refuse(error)
        }
        return []
    }

    mutating func receive(_ receipt: Receipt, for number: UInt64) -> [Resumption] {
        guard let index = index(of: number) else {
            // A duplicate tells of itself although nobody asked.
            if receipt.outcome == .duplicate { countDuplicate(number) }
            return []
        }
        guard waiting[index].wantsReceipt, let waiter = waiting[index].waiter else { return [] }
        waiting[index].waiter = nil
        return [.success(waiter, .receipt(receipt))]
    }

    private mutating func countDuplicate(_ number: UInt64) {
        if let index = flushes.firstIndex(where: { $0.number >= number }) {
            flushes[index].tally.duplicates += 1
        } else {
            open.duplicates += 1
        }
    }

    /// The connection is gone: nothing more will be answered, and the next one counts from 1.
    mutating func lose(_ error: ClientError) -> [Resumption] {
        var resumptions = waiting.compactMap { $0.waiter }.map { Resumption.failure($0, error) }
        resumptions += flushes.map { .failure($0.waiter, error) }
        resumptions += gate.map { .failure($0, error) }
        // What was enqueued since the last flush is told by the next one, in whatever connection that is.
        let (tally, isUnknown) = (open, open.enqueued > 0 && confirmed < published)
        let lost = isUnknown ? error : lostBefore
        self = PublishLedger(maximumMessages: maximumMessages, maximumBytes: maximumBytes)
        open = tally
        lostBefore = lost
        return resumptions
    }

    private func index(of number: UInt64) -> Int? {
        var low = 0
        var high = waiting.count
        while low < high {
            let middle = (low + high) / 2
            if waiting[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < waiting.count && waiting[low].number == number ? low : nil
    }

    private mutating func settle() -> [Resumption] {
        var resumptions: [Resumption] = []
        while let first = waiting.first, first.number <= confirmed {
            waiting.removeFirst()
            guard let waiter = first.waiter else { continue }
            resumptions.append(
                first.wantsReceipt
                    ? .failure(waiter, ClientError(.connectionLost, "the broker confirmed without a receipt"))
                    : .success(waiter))
        }
        while let first = flushes.first, first.number <= confirmed {
            flushes.removeFirst()
            let tally = first.tally
            let accepted = tally.enqueued - min(tally.refused, tally.enqueued)
            resumptions.append(
                .success(
                    first.waiter,
                    .flushed(
                        FlushResult(
                            confirmed: accepted, refused: tally.refused, firstRefusal: tally.firstRefusal,
                            duplicates: tally.duplicates))))
        }
        // Half empty before anyone is let in, so that they come by many and not one by one.
        if sizes.count <= maximumMessages / 2, unconfirmedBytes <= maximumBytes / 2 {
            resumptions += gate.map { .success($0) }
            gate.removeAll()
        }
        return resumptions
    }
}
