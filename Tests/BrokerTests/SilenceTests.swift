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

    @Test("in the middle of a frame is over 30 s after its last byte, and not at the first look")
    func unfinishedFrame() {
        var silence = Silence(now: 0)
        silence.heard(now: 1_000_000)
        #expect(silence.isFrameOverdue(unfinished: 5, now: 30_999_999) == false)
        #expect(silence.isFrameOverdue(unfinished: 5, now: 31_000_000) == false)
        #expect(silence.isFrameOverdue(unfinished: 5, now: 31_000_000) == true)
    }

    @Test("in the middle of a frame begins anew with each byte, and is none between frames")
    func progress() {
        var silence = Silence(now: 0)
        #expect(silence.isFrameOverdue(unfinished: 5, now: 40_000_000) == false)
        silence.heard(now: 40_000_001)
        #expect(silence.isFrameOverdue(unfinished: 6, now: 41_000_000) == false)
        #expect(silence.isFrameOverdue(unfinished: 6, now: 80_000_000) == false)
        #expect(silence.isFrameOverdue(unfinished: 0, now: 81_000_000) == false)
        #expect(silence.isFrameOverdue(unfinished: 0, now: 82_000_000) == false)
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
