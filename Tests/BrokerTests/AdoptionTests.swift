import DequeModule
import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Runs kept where they were read")
struct AdoptionTests {
    @Test("a log of kept and of copied runs says the same as one of copied runs", arguments: [UInt64(1), 2, 3, 4])
    func sameAsCopied(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var mixed = TopicLog()
        var copied = TopicLog()
        var number = 0
        for stamp in UInt64(1)...300 {
            let payloads = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                number += 1
                return "\(number)" + String(repeating: "x", count: Int.random(in: 0...200, using: &random))
            }
            if Bool.random(using: &random) {
                mixed.adopt(Publishes.frames(payloads), stamp: stamp)
            } else {
                mixed.append(payloads, now: stamp, stamp: stamp)
            }
            copied.append(payloads, now: stamp, stamp: stamp)
            if Int.random(in: 0..<20, using: &random) == 0, mixed.segments.count > 1 { mixed.dropFirst() }
        }
        #expect(mixed.headSequence == copied.headSequence)
        #expect(mixed.end == copied.end)
        for sequence in stride(from: mixed.firstSequence, through: mixed.headSequence, by: 37) {
            var left = mixed.position(of: sequence)
            var right = copied.position(of: sequence)
            #expect(mixed.stamp(at: left) ?? 0 <= copied.lastStamp)
            #expect(mixed.offset(of: left) == copied.offset(of: right))
            let limit = ReadLimit(messages: 50, bytes: .max)
            var some: [Message] = []
            while some.count < 50, let taken = mixed.take(&left, limit: limit) { some += taken.messages }
            var others: [Message] = []
            while others.count < 50, let taken = copied.take(&right, limit: limit) { others += taken.messages }
            let shorter = min(some.count, others.count)
            #expect(some.prefix(shorter) == others.prefix(shorter))
        }
    }

    @Test("memory counts all that a kept run keeps alive, and is given back with it")
    func memory() {
        var log = TopicLog()
        var read = ByteBufferAllocator().buffer(capacity: 1 << 16)
        var frames = Publishes.frames((0..<300).map { "message \($0)" })
        read.writeBuffer(&frames)
        log.adopt(read, stamp: 1)
        #expect((1 << 16...(1 << 16) + 512).contains(log.memory))
        log.append(["next"], now: 1, stamp: 2)
        #expect(log.segments.count == 2)
        #expect(log.memory < (1 << 16) + 8192, "behind a kept run, memory is not taken for what may never come")
        log.dropFirst()
        log.dropFirst()
        #expect(log.memory == 0)
    }

    @Test("a topic with a small limit copies a run that is longer than its segments may be")
    func smallLimit() {
        var settings = TopicSettings()
        settings.limit = 1 << 16
        var state = TopicState(id: 1, settings: settings, budget: MemoryBudget(limit: 1 << 30))
        var wakes = WakeList(shards: 1)
        let frames = Publishes.frames((0..<2000).map { "message \($0)" })
        let result = frames.withUnsafeReadableBytes {
            state.publish(PublishRun($0, count: 2000, in: frames, stamp: 1, now: 1), wakes: &wakes)
        }
        #expect(!result.isAdopted)
        #expect(state.log.headSequence == 2000)
    }

    @Test("marks reach as far back with short segments as with long ones")
    func droppedMarks() {
        var log = TopicLog()
        // 40 MB in segments of 16 KB: far more of them than there are marks.
        for stamp in UInt64(1)...2500 {
            log.adopt(Publishes.frames([String(repeating: "x", count: 16_000)]), stamp: stamp)
            if log.segments.count > 4 { log.dropFirst() }
        }
        #expect(log.firstDropped(after: 0) == 1)
    }
}
