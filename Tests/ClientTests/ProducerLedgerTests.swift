import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Numbering the publishes of a named producer over connections")
struct ProducerLedgerTests {
    private var ledger = PublishLedger(maximumMessages: 100, maximumBytes: 1000)
    private let refusal = ClientError(.refused(.tooManyTopics), "too many")

    private static func refusals(_ numbers: ClosedRange<UInt64>...) -> PublishRefusals {
        PublishRefusals(numbers.map { PublishRefusals.Range($0, code: ErrorCode.topicFull.rawValue) })
    }

    @Test("what a later connection tells is settled as if it had been answered, and the rest begins anew at 1")
    mutating func settles() {
        for waiter: WaiterID in 1...4 { ledger.publish(bytes: 10, waiter: waiter) }
        let settled = ledger.settle(upTo: 3, Self.refusals(2...2))
        #expect(settled.map(\.waiter) == [1, 2, 3])
        #expect(settled[0] == .success(1) && settled[2] == .success(3))
        guard case .failure(let error) = settled[1].result else { return }
        #expect(error.code == .refused(.topicFull))
        ledger.beginAnew()
        #expect(ledger.published == 1 && ledger.confirmed == 0)
        #expect(ledger.confirm(upTo: 1) == [.success(4)])
    }

    @Test("a flush waits over the reconnect, and counts what was told of each connection")
    mutating func flush() {
        for _ in 1...5 { ledger.publish(bytes: 10, waiter: nil) }
        #expect(ledger.confirm(upTo: 1) == [])
        #expect(ledger.flush(9) == [])
        ledger.publish(bytes: 10, waiter: nil)
        #expect(ledger.settle(upTo: 3, Self.refusals(3...3)) == [])
        ledger.beginAnew()
        let counted = FlushResult(
            confirmed: 4, refused: 1, firstRefusal: ClientError(.refused(.topicFull), ErrorCode.topicFull.summary))
        #expect(ledger.confirm(upTo: 2) == [.success(9, .flushed(counted))])
        #expect(ledger.confirm(upTo: 3) == [])
        #expect(ledger.flush(10) == [.success(10, .flushed(FlushResult(confirmed: 1)))])
    }

    @Test("publishes that cannot be sent are taken out, and those after them move up", arguments: [1, 2])
    mutating func refusesUnsent(flushedAfter: Int) {
        for number in 1...4 {
            ledger.publish(bytes: 10, waiter: nil)
            if number == flushedAfter { #expect(ledger.flush(9) == []) }
        }
        #expect(ledger.refuseUnsent(2, count: 2, refusal) == [])
        #expect(ledger.published == 2)
        #expect(ledger.unconfirmedBytes == 20)
        let first = FlushResult(
            confirmed: 1, refused: UInt64(flushedAfter - 1), firstRefusal: flushedAfter == 2 ? refusal : nil)
        #expect(ledger.confirm(upTo: 1) == [.success(9, .flushed(first))])
        #expect(ledger.confirm(upTo: 2) == [])
        let second = FlushResult(confirmed: 1, refused: UInt64(3 - flushedAfter), firstRefusal: refusal)
        #expect(ledger.flush(10) == [.success(10, .flushed(second))])
    }

    @Test("a publish of which is not known whether it was accepted is neither confirmed nor refused")
    mutating func unknown() {
        ledger.publish(bytes: 10, waiter: 1)
        ledger.publish(bytes: 10, waiter: nil)
        ledger.publish(bytes: 10, waiter: 2, wantsReceipt: true)
        let settled = ledger.settle(upTo: 3, PublishRefusals([], completeFrom: 3))
        #expect(settled == [.failure(1, .answerLost), .failure(2, .receiptLost)])
        #expect(ledger.flush(9) == [.success(9, .flushed(FlushResult(unanswered: 1)))])
        #expect(!ledger.awaitsAnswers)
    }
}

@Suite("What is kept of a named producer's publishes")
struct PublishKeepTests {
    private static func welcome(_ connection: UInt64, incarnation: UInt64 = 7) -> Welcome {
        Welcome(
            connectionID: connection, maximumFrame: 1 << 20, window: 1, brokerName: "b", version: "1",
            incarnation: incarnation)
    }

    /// The fate of the publishes of connection 5, whose WELCOME told `before`, when the next one tells `record`.
    private static func fate(
        _ record: ProducerRecord, before: ProducerRecord = ProducerRecord(answered: 10, began: 1),
        incarnation: UInt64 = 7
    ) -> PublishKeep.Fate {
        var keep = PublishKeep()
        _ = keep.begin(welcome(5), before)
        return keep.begin(welcome(6, incarnation: incarnation), record)
    }

    @Test("the answered publishes of its own last connection are answered, with what was refused")
    func ownConnection() {
        let refusals = PublishRefusals([PublishRefusals.Range(2...2, code: 15)])
        let record = ProducerRecord(
            answered: 14, began: 1, lastConnection: 5, lastAnswered: 4, refusals: refusals)
        #expect(Self.fate(record) == .answered(4, refusals))
    }

    @Test("if nothing was answered since, all is sent again")
    func nothingAnswered() {
        let record = ProducerRecord(answered: 10, began: 1, lastConnection: 3, lastAnswered: 10)
        #expect(Self.fate(record) == .answered(0, PublishRefusals()))
    }

    @Test("another process of the broker has nothing of it")
    func otherProcess() {
        #expect(Self.fate(ProducerRecord(began: 6), incarnation: 8) == .answered(0, PublishRefusals()))
    }

    @Test("after a forgotten record or another client under its name it cannot be known")
    func unknown() {
        for record in [
            ProducerRecord(began: 6), ProducerRecord(answered: 13, began: 1, lastConnection: 77, lastAnswered: 3),
        ] {
            guard case .unknown = Self.fate(record) else {
                Issue.record("\(record) says nothing of what was published")
                continue
            }
        }
    }

    @Test("entries are written in order, and again from the first that is not answered")
    func order() throws {
        var keep = PublishKeep()
        for number in 1...4 {
            keep.add(
                PublishKeep.Entry(
                    topic: try TopicName("t\(number)"), flags: [], key: nil, payload: ByteBuffer(string: "\(number)")))
        }
        var written: [String] = []
        while let next = keep.next {
            written.append(String(buffer: next.payload))
            keep.nextWritten()
        }
        #expect(written == ["1", "2", "3", "4"])
        keep.answered(1)
        #expect(keep.written == 3)
        _ = keep.begin(Self.welcome(1), ProducerRecord(began: 1))
        #expect(keep.next.map { String(buffer: $0.payload) } == "2")
        #expect(keep.dropNext(to: try TopicName("t2")) == 1)
        #expect(keep.next.map { String(buffer: $0.payload) } == "3")
    }
}
