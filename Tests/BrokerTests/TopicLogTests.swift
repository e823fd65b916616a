import DequeModule
import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A topic's log")
struct TopicLogTests {
    @Test("turns publishes into deliveries in place, with sequence and timestamp")
    func appendFillsIn() throws {
        var log = TopicLog()
        log.append(["a", "b"], now: 70, stamp: 1)
        log.append(["c"], now: 60, stamp: 2)
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        let messages = try #require(log.take(&position, limit: ReadLimit(messages: 10, bytes: 1000))).messages
        #expect(messages.map(\.sequence) == [1, 2, 3])
        #expect(messages.map(\.timestamp) == [70, 70, 70], "the timestamp never decreases")
        #expect(messages.map { String(buffer: $0.payload) } == ["a", "b", "c"])
    }

    @Test("clears the flags that concern the publisher alone")
    func flagsAreCleared() throws {
        var frame = ByteBuffer()
        Message(topicID: 1, flags: [.unconfirmed, .receipt, .headers], key: ByteBuffer(), payload: ByteBuffer())
            .write(to: &frame, type: ClientOpcode.publish.rawValue)
        var log = TopicLog()
        _ = frame.withUnsafeReadableBytes {
            log.append($0, by: .test(), now: 1, stamp: 1, budget: MemoryBudget(limit: 1 << 20))
        }
        log.release(upTo: 1)
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        let message = try #require(log.take(&position, limit: ReadLimit(messages: 1, bytes: 100))?.messages.first)
        #expect(message.flags == .headers)
        #expect(message.key == ByteBuffer())
    }

    @Test("gives no more messages and bytes than asked for, but at least one message")
    func limits() {
        var log = TopicLog()
        log.append((1...10).map { "message \($0)" }, stamp: 1)
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        #expect(log.take(&position, limit: ReadLimit(messages: 3, bytes: .max))?.count == 3)
        #expect(log.take(&position, limit: ReadLimit(messages: 9, bytes: 1))?.payloads == ["message 4"])
        let two = Publishes.size(payload: 9) * 2
        #expect(
            log.take(&position, limit: ReadLimit(messages: 9, bytes: two + 5))?.payloads == ["message 5", "message 6"])
        #expect(log.payloads(from: &position).count == 4)
        #expect(log.take(&position, limit: ReadLimit(messages: 9, bytes: .max)) == nil)
    }

    @Test("a read gives only messages that arrived before a stamp")
    func stampBound() {
        var log = TopicLog()
        log.append(["a"], stamp: 3)
        log.append(["b"], stamp: 5)
        log.append(["c"], stamp: 6)
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        #expect(log.stamp(at: position) == 3)
        #expect(log.payloads(from: &position, limit: ReadLimit(messages: 9, bytes: .max, before: 3)) == [])
        #expect(log.payloads(from: &position, limit: ReadLimit(messages: 9, bytes: .max, before: 5)) == ["a"])
        // Messages with no message of another topic in between have the same stamp.
        #expect(log.payloads(from: &position, limit: ReadLimit(messages: 9, bytes: .max, before: 6)) == ["b", "c"])
    }

    @Test("finds every message by sequence and by time, in any number of segments", arguments: [1 << 10, 1 << 20])
    func seeks(largest: Int) {
        var log = TopicLog()
        for index in 1...500 {
            log.append(["\(index)"], now: UInt64(index) * 10, stamp: UInt64(index) * 2, largest: largest)
        }
        #expect((log.segments.count > 10) == (largest == 1 << 10))
        for index in 1...500 {
            var bySequence = log.position(of: UInt64(index))
            #expect(log.take(&bySequence, limit: ReadLimit(messages: 1, bytes: .max))?.payloads == ["\(index)"])
            var byTime = log.position(atOrAfter: UInt64(index) * 10 - 9)
            #expect(log.take(&byTime, limit: ReadLimit(messages: 1, bytes: .max))?.payloads == ["\(index)"])
            var byStamp = log.position(after: UInt64(index) * 2 - 1)
            #expect(log.take(&byStamp, limit: ReadLimit(messages: 1, bytes: .max))?.payloads == ["\(index)"])
        }
        #expect(log.position(of: 501) == log.headPosition)
        #expect(log.position(atOrAfter: 5001) == log.headPosition)
        #expect(log.position(after: 1000) == log.headPosition)
    }

    @Test("a slice that was handed out stays as it is, whatever is appended and dropped")
    func slicesAreImmutable() throws {
        var log = TopicLog()
        log.append(["first"], stamp: 1)
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        let taken = try #require(log.take(&position, limit: ReadLimit(messages: 1, bytes: .max)))
        for index in 2...2000 { log.append(["\(index)"], stamp: UInt64(index), largest: 1 << 10) }
        while log.segments.count > 1 { log.dropFirst() }
        #expect(taken.payloads == ["first"])
    }

    @Test("a position in dropped messages continues at the earliest message kept")
    func droppedPosition() {
        var log = TopicLog()
        for index in 1...200 { log.append(["\(index)"], stamp: UInt64(index), largest: 1 << 10) }
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        log.dropFirst()
        let earliest = log.firstSequence
        #expect(earliest > 1)
        #expect(log.payloads(from: &position) == (earliest...200).map { "\($0)" })
        #expect(log.firstDropped(after: 0) == 1)
        #expect(log.firstDropped(after: 200) == nil)
    }

    @Test("stored messages are invisible to readers, searches and drops until they are released")
    func release() {
        var log = TopicLog()
        let budget = MemoryBudget(limit: 1 << 20)
        log.append(["a"], now: 5, stamp: 1)
        for stamp in UInt64(2)...3 {
            _ = Publishes.frames(["b", "c"]).withUnsafeReadableBytes {
                log.append($0, by: .test(), now: 7, stamp: stamp, budget: budget)
            }
        }
        #expect(log.headSequence == 1)
        #expect(log.appendedSequence == 5)
        var position = LogPosition.unlocated(1)
        #expect(log.payloads(from: &position) == ["a"])
        guard case .notHere = log.read(&position, limit: ReadLimit(messages: 1, bytes: 100), now: 0) else {
            Issue.record("what is not visible was read")
            return
        }
        #expect(log.position(atOrAfter: 6).sequence == 2)
        #expect(log.position(after: 1).sequence == 2)
        #expect(log.stamp(at: position) == nil)
        #expect(log.end == UInt64(Publishes.size(payload: 1)))
        log.release(upTo: 3)
        #expect(log.end == UInt64(3 * Publishes.size(payload: 1)))
        #expect(log.payloads(from: &position) == ["b", "c"])
        log.release(upTo: 5)
        #expect(log.payloads(from: &position) == ["b", "c"])
        #expect(log.end == log.appendedEnd)
    }

    @Test("a message longer than any segment has one of its own")
    func longMessages() {
        var log = TopicLog()
        let long = String(repeating: "x", count: 5000)
        log.append(["a", long, "b"], stamp: 1, largest: 1 << 10)
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        #expect(log.payloads(from: &position) == ["a", long, "b"])
    }

    @Test("keeps a small topic small")
    func smallTopicsAreSmall() {
        var log = TopicLog()
        #expect(log.memory == 0)
        log.append(["a"], stamp: 1)
        #expect((1 << 10...1536).contains(log.memory))
    }

    @Test("reads what was appended, for random runs, limits and drops", arguments: 1...20)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var log = TopicLog()
        var model: [String] = []
        var stamp: UInt64 = 0
        var position = LogPosition(segment: 0, offset: 0, sequence: 1)
        var read: [String] = []
        for _ in 0..<300 {
            if Bool.random(using: &generator) {
                let payloads = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                    String(repeating: "\(model.count)", count: Int.random(in: 0...30, using: &generator))
                }
                stamp += UInt64.random(in: 1...2, using: &generator)
                log.append(payloads, stamp: stamp, largest: 2 << 10)
                model += payloads
            } else {
                let limit = ReadLimit(
                    messages: Int.random(in: 0...60, using: &generator),
                    bytes: Int.random(in: 0...3000, using: &generator))
                if let taken = log.take(&position, limit: limit) {
                    #expect(taken.count <= limit.messages)
                    #expect(taken.bytes.readableBytes <= limit.bytes || taken.count == 1)
                    #expect(taken.payloads.count == taken.count)
                    read += taken.payloads
                }
            }
            // A reader never loses unread messages: only messages before its position are dropped.
            while log.segments.count > 3, log.segments[0].lastSequence < position.sequence { log.dropFirst() }
        }
        read += log.payloads(from: &position)
        let isSame = read == model
        #expect(isSame)
        #expect(log.headSequence == UInt64(model.count))
    }
}
