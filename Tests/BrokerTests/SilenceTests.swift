import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A connection's silence")
struct SilenceTests {
    @Test("is asked about twice, and then ends the connection")
    func pings() {
        var silence = Silence(now: 0)
        #expect(silence.judge(now: 29_999_999) == .fine)
        #expect(silence.judge(now: 30_000_000) == .ask)
        #expect(silence.judge(now: 59_999_999) == .fine)
        #expect(silence.judge(now: 60_000_000) == .ask)
        #expect(silence.judge(now: 90_000_000) == .giveUp)
    }

    @Test("ends with anything that is heard")
    func heard() {
        var silence = Silence(now: 0)
        #expect(silence.judge(now: 30_000_000) == .ask)
        silence.heard(now: 30_000_100)
        silence.answered(now: 30_000_100, token: 30_000_000)
        #expect(silence.roundTrip == 100)
        #expect(silence.judge(now: 60_000_000) == .fine)
        #expect(silence.judge(now: 60_000_100) == .ask)
    }
}
