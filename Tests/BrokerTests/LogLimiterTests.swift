import Testing

@testable import ZaichikBroker

@Suite("Some lines a second in the log")
struct LogLimiterTests {
    @Test("the first ones of a second are told, and the number of the others with the next one")
    func together() {
        var limiter = LogLimiter(most: 2)
        #expect(limiter.happened(now: 5_000_000) == .tell(untold: 0))
        #expect(limiter.happened(now: 5_900_000) == .tell(untold: 0))
        #expect(limiter.happened(now: 5_900_001) == .leaveOut)
        #expect(limiter.happened(now: 5_999_999) == .leaveOut)
        #expect(limiter.happened(now: 6_000_000) == .tell(untold: 2))
        #expect(limiter.happened(now: 9_000_000) == .tell(untold: 0))
    }

    @Test("what was left out is told once, when its second is over")
    func last() {
        var limiter = LogLimiter(most: 1)
        #expect(limiter.timePassed(now: 1_000_000) == 0)
        #expect(limiter.happened(now: 1_000_000) == .tell(untold: 0))
        for _ in 0..<700 { #expect(limiter.happened(now: 1_100_000) == .leaveOut) }
        #expect(limiter.timePassed(now: 1_999_999) == 0)
        #expect(limiter.timePassed(now: 2_000_000) == 700)
        #expect(limiter.timePassed(now: 4_000_000) == 0)
        #expect(limiter.happened(now: 4_000_000) == .tell(untold: 0))
    }

    @Test("every event is told or counted once")
    func complete() {
        var limiter = LogLimiter(most: 3)
        var told = 0
        var untold = 0
        for time in stride(from: UInt64(1_000_000), to: 11_000_000, by: 1000) {
            if case .tell(let others) = limiter.happened(now: time) {
                told += 1
                untold += others
            }
            if time % 7000 == 0 { untold += limiter.timePassed(now: time) }
        }
        untold += limiter.timePassed(now: .max)
        #expect(told == 30)
        #expect(told + untold == 10_000)
    }
}
