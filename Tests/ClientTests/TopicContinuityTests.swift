import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("A topic's messages over a reconnect")
struct TopicContinuityTests {
    /// Reading had come to sequence 50.
    private var continuity = TopicContinuity(earlier: ReadPosition(sequence: 50, timestamp: 1000))

    @Test("the next sequence follows without a gap")
    mutating func next() {
        #expect(continuity.deliver(51, timestamp: 1001) == .new(missing: nil))
        #expect(continuity.position == ReadPosition(sequence: 51, timestamp: 1001))
    }

    @Test("missing messages are told once, before the first new one")
    mutating func missing() {
        #expect(continuity.deliver(60, timestamp: 1001) == .new(missing: 51...59))
        #expect(continuity.deliver(70, timestamp: 1002) == .new(missing: nil))
    }

    @Test("no message is missing after a repeated one: a hole there is a duplicate that the broker withheld")
    mutating func overlap() {
        #expect(continuity.deliver(50, timestamp: 1000) == .repeated)
        #expect(continuity.position == nil)
        #expect(continuity.deliver(53, timestamp: 1001) == .new(missing: nil))
    }

    @Test("a restarted broker counts from 1: its messages are new, and those that it lost before them are missing")
    mutating func restarted() {
        #expect(continuity.deliver(5, timestamp: 2000) == .new(missing: 1...4))
        var other = TopicContinuity(earlier: ReadPosition(sequence: 50, timestamp: 1000))
        #expect(other.deliver(1, timestamp: 2000) == .new(missing: nil))
    }

    @Test("of a gap that the broker tells, only the part that was not received before is new")
    mutating func knownGap() {
        #expect(continuity.skip(40...45) == (nil, nil))
        #expect(continuity.skip(48...55) == (nil, 51...55))
        #expect(continuity.position == ReadPosition(sequence: 55, timestamp: 1000))
        #expect(continuity.deliver(56, timestamp: 1001) == .new(missing: nil))
    }

    @Test("messages missing before a gap are a gap of their own")
    mutating func missingBeforeGap() {
        #expect(continuity.skip(60...65) == (51...59, 60...65))
    }

    @Test("a gap moves the position on, so that a third connection does not tell it again")
    mutating func gapCounts() {
        var first = TopicContinuity()
        _ = first.deliver(1, timestamp: 10)
        _ = first.skip(2...9)
        #expect(first.position == ReadPosition(sequence: 9, timestamp: 10))
        var second = TopicContinuity(earlier: first.position)
        #expect(second.skip(2...9) == (nil, nil))
        #expect(second.deliver(10, timestamp: 11) == .new(missing: nil))
    }

    @Test("a subscription resumes at the time of its last message, a pattern a little earlier, else where it started")
    func resumption() throws {
        let positions = try [
            TopicName("a.b"): ReadPosition(sequence: 3, timestamp: 500_000),
            TopicName("a.c"): ReadPosition(sequence: 9, timestamp: 700_000),
        ]
        #expect(try positions.resumption(of: TopicPattern("a.b"), otherwise: .new) == .time(500_000))
        #expect(try positions.resumption(of: TopicPattern("a.*"), otherwise: .new) == .time(600_000))
        #expect(try positions.resumption(of: TopicPattern("x"), otherwise: .earliest) == .earliest)
    }
}
