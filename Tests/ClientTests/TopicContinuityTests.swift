import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("A topic's messages over a reconnect")
struct TopicContinuityTests {
    /// Reading had come to sequence 50.
    private static let earlier = ReadPosition(sequence: 50, timestamp: 1000, incarnation: 7)
    private var continuity = TopicContinuity(incarnation: 7, earlier: earlier)

    @Test("the next sequence follows without a gap")
    mutating func next() {
        #expect(continuity.deliver(51, timestamp: 1001) == .new(missing: nil))
        #expect(continuity.position == ReadPosition(sequence: 51, timestamp: 1001, incarnation: 7))
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

    @Test("the incarnation alone decides whether a message is a repeated one, whatever the times")
    mutating func times() {
        #expect(continuity.deliver(49, timestamp: 5000) == .repeated)
        #expect(continuity.deliver(51, timestamp: 1) == .new(missing: nil))
    }

    @Test(
        "another topic of the name counts from 1: all of its messages are new, and those gone before them are missing",
        arguments: [UInt64(1), 5, 50, 51, 60], [UInt64(1), 1000, 2000])
    func replaced(sequence: UInt64, timestamp: UInt64) {
        var other = TopicContinuity(incarnation: 8, earlier: Self.earlier)
        let missing = sequence > 1 ? 1...sequence - 1 : nil
        #expect(other.deliver(sequence, timestamp: timestamp) == .new(missing: missing))
        #expect(other.position?.incarnation == 8)
    }

    @Test("of a gap in another topic of the name, everything is new")
    func gapOfReplaced() {
        var other = TopicContinuity(incarnation: 8, earlier: Self.earlier)
        #expect(other.skip(1...9) == (nil, 1...9))
        #expect(other.deliver(10, timestamp: 1) == .new(missing: nil))
    }

    @Test("without incarnations nothing is taken for a repeated message, and nothing for missing")
    func unknown() {
        var continuity = TopicContinuity(earlier: ReadPosition(sequence: 50, timestamp: 1000))
        #expect(continuity.deliver(3, timestamp: 1000) == .new(missing: nil))
    }

    @Test("of a gap that the broker tells, only the part that was not received before is new")
    mutating func knownGap() {
        #expect(continuity.skip(40...45) == (nil, nil))
        #expect(continuity.skip(48...55) == (nil, 51...55))
        #expect(continuity.position == ReadPosition(sequence: 55, timestamp: 1000, incarnation: 7))
        #expect(continuity.deliver(56, timestamp: 1001) == .new(missing: nil))
    }

    @Test("messages missing before a gap are a gap of their own")
    mutating func missingBeforeGap() {
        #expect(continuity.skip(60...65) == (51...59, 60...65))
    }

    @Test("a gap moves the position on, so that a third connection does not tell it again")
    mutating func gapCounts() {
        var first = TopicContinuity(incarnation: 7)
        _ = first.deliver(1, timestamp: 10)
        _ = first.skip(2...9)
        #expect(first.position == ReadPosition(sequence: 9, timestamp: 10, incarnation: 7))
        var second = TopicContinuity(incarnation: 7, earlier: first.position)
        #expect(second.skip(2...9) == (nil, nil))
        #expect(second.deliver(10, timestamp: 11) == .new(missing: nil))
    }

    @Test("a name goes on after its last message, a pattern a little before the time of it")
    func resumePoints() throws {
        let positions = try [
            TopicName("a.b"): ReadPosition(sequence: 3, timestamp: 500_000, incarnation: 7),
            TopicName("a.c"): ReadPosition(sequence: 9, timestamp: 700_000, incarnation: 8),
            TopicName("old"): ReadPosition(sequence: 9, timestamp: 700_000),
        ]
        #expect(try positions.resumePoint(of: TopicPattern("a.b")) == .sequence(4, incarnation: 7))
        #expect(try positions.resumePoint(of: TopicPattern("a.*")) == .time(600_000))
        #expect(try positions.resumePoint(of: TopicPattern("old")) == .time(700_000))
        #expect(try positions.resumePoint(of: TopicPattern("x")) == nil)
    }

    @Test("of a broker that is another process, everything is read that was not read for sure")
    func otherBroker() throws {
        let pattern = try TopicPattern("a")
        func again(_ start: StartPosition, _ point: ResumePoint?, isOtherBroker: Bool) -> ClientRequest {
            Subscription(request: SubscriptionRequest(pattern: pattern, start: start), resumePoint: point)
                .requestAgain(isOtherBroker: isOtherBroker)
        }
        let point = ResumePoint.sequence(4, incarnation: 7)
        for isOther in [true, false] {
            #expect(
                again(.new, point, isOtherBroker: isOther) == .subscribe(pattern, .sequence(4), incarnation: 7))
        }
        #expect(again(.new, .time(5), isOtherBroker: false) == .subscribe(pattern, .time(5)))
        #expect(again(.new, .time(5), isOtherBroker: true) == .subscribe(pattern, .earliest))
        #expect(again(.new, nil, isOtherBroker: false) == .subscribe(pattern, .new))
        for start in [StartPosition.new, .connection, .sequence(9), .earliest] {
            #expect(again(start, nil, isOtherBroker: true) == .subscribe(pattern, .earliest))
        }
        #expect(again(.time(9), nil, isOtherBroker: true) == .subscribe(pattern, .time(9)))
    }
}
