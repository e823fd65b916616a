import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Numbering publishes")
struct PublishLedgerTests {
    private var ledger = PublishLedger(maximumMessages: 4, maximumBytes: 100)
    private let refusal = ClientError(.refused(.topicFull), "full")

    @Test("a confirmation answers all up to its number")
    mutating func confirmationIsCumulative() {
        for waiter: WaiterID in 1...3 { ledger.publish(bytes: 10, waiter: waiter) }
        #expect(ledger.confirm(upTo: 2) == [.success(1), .success(2)])
        #expect(ledger.unconfirmedBytes == 10)
        #expect(ledger.confirm(upTo: 3) == [.success(3)])
        #expect(!ledger.awaitsAnswers)
    }

    @Test("a refused publish is answered once, and the confirmation passes it")
    mutating func rejectionThenConfirmation() {
        for waiter: WaiterID in 1...2 { ledger.publish(bytes: 10, waiter: waiter) }
        #expect(ledger.reject(1, refusal) == [.failure(1, refusal)])
        #expect(ledger.confirm(upTo: 2) == [.success(2)])
    }

    @Test("a receipt answers the publish that asked for one, and no other")
    mutating func receipts() {
        let receipt = Receipt(outcome: .duplicate, sequence: 9, queues: 0)
        ledger.publish(bytes: 10, waiter: 1)
        ledger.publish(bytes: 10, waiter: 2, wantsReceipt: true)
        #expect(ledger.receive(receipt, for: 1) == [])
        #expect(ledger.receive(receipt, for: 2) == [.success(2, .receipt(receipt))])
        #expect(ledger.confirm(upTo: 2) == [.success(1)])
    }

    @Test("a flush waits for what was enqueued before it and counts what was refused of that")
    mutating func flushCounts() {
        ledger.publish(bytes: 10, waiter: nil)
        ledger.publish(bytes: 10, waiter: nil)
        #expect(ledger.flush(5) == [])
        ledger.publish(bytes: 10, waiter: nil)
        #expect(ledger.reject(2, refusal) == [])
        #expect(ledger.reject(3, ClientError(.refused(.memoryFull), "")) == [])
        let first = FlushResult(confirmed: 1, refused: 1, firstRefusal: refusal)
        #expect(ledger.confirm(upTo: 3) == [.success(5, .flushed(first))])
        let second = FlushResult(
            confirmed: 0, refused: 1, firstRefusal: ClientError(.refused(.memoryFull), ""))
        #expect(ledger.flush(6) == [.success(6, .flushed(second))])
        #expect(ledger.flush(7) == [.success(7, .flushed(FlushResult(confirmed: 0, refused: 0)))])
    }

    @Test("there is room up to the bound, and those who wait come in when half is confirmed")
    mutating func room() {
        for _ in 1...4 { ledger.publish(bytes: 1, waiter: nil) }
        #expect(!ledger.hasRoom)
        ledger.waitForRoom(8)
        #expect(ledger.confirm(upTo: 1) == [])
        #expect(ledger.confirm(upTo: 2) == [.success(8, .hasRoom)])
        ledger.publish(bytes: 200, waiter: nil)
        #expect(!ledger.hasRoom)
    }

    @Test("everyone who waits hears of the loss, and the next connection counts from 1")
    mutating func loss() {
        ledger.publish(bytes: 1, waiter: 1)
        ledger.publish(bytes: 1, waiter: nil)
        _ = ledger.flush(2)
        ledger.waitForRoom(3)
        #expect(ledger.lose(.notConnected, sent: 2).map(\.waiter) == [1, 2, 3])
        #expect(ledger.published == 0 && !ledger.awaitsAnswers)
        ledger.publish(bytes: 1, waiter: 4)
        #expect(ledger.confirm(upTo: 1) == [.success(4)])
    }

    @Test("what was enqueued and lost before a flush fails that flush, once; what was confirmed before still counts")
    mutating func lostBeforeFlush() {
        ledger.publish(bytes: 1, waiter: nil)
        _ = ledger.confirm(upTo: 1)
        #expect(ledger.lose(.notConnected, sent: 9).isEmpty)
        ledger.publish(bytes: 1, waiter: nil)
        _ = ledger.confirm(upTo: 1)
        #expect(ledger.flush(1) == [.success(1, .flushed(FlushResult(confirmed: 2, refused: 0)))])
        ledger.publish(bytes: 1, waiter: nil)
        #expect(ledger.lose(.notConnected, sent: 9).isEmpty)
        guard case .failure(let error)? = ledger.flush(2).first?.result else {
            Issue.record("the flush does not fail")
            return
        }
        #expect(error.code == .connectionLost)
        #expect(
            error.message.hasSuffix(
                "of 1 messages 0 were accepted, 0 refused, 1 sent and not answered, 0 not sent"), "\(error)")
        #expect(ledger.flush(3) == [.success(3, .flushed(FlushResult(confirmed: 0, refused: 0)))])
    }

    @Test("a loss tells what had been sent from what had not")
    mutating func lossByPublish() {
        ledger.publish(bytes: 1, waiter: 1)
        ledger.publish(bytes: 1, waiter: 2)
        ledger.waitForRoom(3)
        let codes = ledger.lose(.notConnected, sent: 1).map { resumption -> ClientError.Code? in
            if case .failure(let error) = resumption.result { error.code } else { nil }
        }
        #expect(codes == [.connectionLost, .notSent, .notSent])
    }

    @Test("a flush that fails leaves to the next one what the new connection has still to answer")
    mutating func flushAfterLoss() {
        ledger.publish(bytes: 1, waiter: nil)
        _ = ledger.lose(.notConnected, sent: 0)
        ledger.publish(bytes: 1, waiter: nil)
        guard case .failure(let error)? = ledger.flush(1).first?.result else {
            Issue.record("the flush does not fail")
            return
        }
        #expect(error.message.contains("of 1 messages 0 were accepted"), "\(error)")
        #expect(ledger.flush(2) == [])
        #expect(
            ledger.confirm(upTo: 1) == [.success(2, .flushed(FlushResult(confirmed: 1, refused: 0)))])
    }

    @Test("what a cancelled flush had counted, the next one tells; a cancelled wait for room is over")
    mutating func cancelledFlush() {
        for _ in 1...2 { ledger.publish(bytes: 1, waiter: nil) }
        _ = ledger.flush(1)
        _ = ledger.reject(1, refusal)
        ledger.waitForRoom(5)
        ledger.cancel(1)
        ledger.cancel(5)
        #expect(ledger.confirm(upTo: 2) == [])
        let result = FlushResult(confirmed: 1, refused: 1, firstRefusal: refusal)
        #expect(ledger.flush(2) == [.success(2, .flushed(result))])
    }

    @Test("a flush that is cut off tells its counts in words, and withdrawing tells the same as numbers, once")
    mutating func cutOffFlush() {
        for _ in 1...3 { ledger.publish(bytes: 10, waiter: nil) }
        _ = ledger.flush(1)
        ledger.publish(bytes: 10, waiter: nil)
        _ = ledger.reject(1, refusal)
        _ = ledger.confirm(upTo: 1)
        _ = ledger.lose(ClientError(.connectionLost, "lost"), sent: 2)
        let known = FlushResult(confirmed: 0, refused: 1, firstRefusal: refusal, unanswered: 1, unsent: 2)
        #expect(ledger.withdraw(sent: 0).0 == known)
        #expect(ledger.withdraw(sent: 0).0 == FlushResult(confirmed: 0, refused: 0))
    }

    @Test("withdrawing tells exactly what was answered, what was sent and not answered, and what was not sent")
    mutating func withdrawing() {
        ledger = PublishLedger(maximumMessages: 10, maximumBytes: 100)
        for _ in 1...6 { ledger.publish(bytes: 10, waiter: nil) }
        ledger.publish(bytes: 10, waiter: 7)
        _ = ledger.flush(1)
        _ = ledger.reject(2, refusal)
        _ = ledger.confirm(upTo: 3)
        let (result, resumptions) = ledger.withdraw(sent: 4)
        #expect(
            result
                == FlushResult(confirmed: 2, refused: 1, firstRefusal: refusal, unanswered: 1, unsent: 2))
        #expect(resumptions == [.failure(1, .cancelled), .failure(7, .withdrawn)])
        #expect(ledger.published == 4 && ledger.unconfirmedBytes == 10)
        // The answer to the fourth one no longer matters.
        #expect(ledger.reject(4, refusal) == [] && ledger.confirm(upTo: 4) == [])
        ledger.publish(bytes: 10, waiter: 8)
        #expect(ledger.confirm(upTo: 5) == [.success(8)])
        #expect(ledger.flush(9) == [.success(9, .flushed(FlushResult(confirmed: 0, refused: 0)))])
    }

    @Test("a confirmation of more than was published confirms what was")
    mutating func confirmationBeyond() {
        ledger.publish(bytes: 1, waiter: 1)
        #expect(ledger.confirm(upTo: 100) == [.success(1)])
        #expect(ledger.confirmed == 1)
    }
}
