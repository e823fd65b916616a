import Testing

@testable import ZaichikBroker

@Suite("A line a second in the log")
struct LogLimiterTests {
    @Test("the first is told at once, those of the same second together with the next")
    func together() {
        var limiter = LogLimiter("refused")
        #expect(limiter.happened(now: 5_000_000) == "refused")
        #expect(limiter.happened(now: 5_000_001) == nil)
        #expect(limiter.happened(now: 5_999_999) == nil)
        #expect(limiter.happened(now: 6_000_000) == "refused, and 2 more")
        #expect(limiter.happened(now: 6_000_001) == nil)
        #expect(limiter.happened(now: 9_000_000) == "refused, and 1 more")
        #expect(limiter.happened(now: 10_000_000) == "refused")
    }

    @Test("events that were held back are reported once, when their second is over")
    func last() {
        var limiter = LogLimiter("refused")
        #expect(limiter.timePassed(now: 1_000_000) == nil)
        #expect(limiter.happened(now: 1_000_000) == "refused")
        #expect(limiter.timePassed(now: 2_500_000) == nil)
        #expect(limiter.happened(now: 3_000_000) == "refused")
        for _ in 0..<700 { #expect(limiter.happened(now: 3_100_000) == nil) }
        #expect(limiter.timePassed(now: 3_999_999) == nil)
        #expect(limiter.timePassed(now: 4_000_000) == "refused, and 700 more")
        #expect(limiter.timePassed(now: 6_000_000) == nil)
    }

    @Test("a second is one, whatever happens in it")
    func oneASecond() {
        var limiter = LogLimiter("refused")
        var lines = 0
        for time in stride(from: UInt64(1_000_000), to: 11_000_000, by: 1000) {
            if limiter.happened(now: time) != nil { lines += 1 }
            if limiter.timePassed(now: time) != nil { lines += 1 }
        }
        #expect(lines == 10)
    }
}
