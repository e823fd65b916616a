import Testing
import ZaichikProtocol

@Suite("Which publishes were refused")
struct PublishRefusalsTests {
    @Test("consecutive refusals of one code are one range")
    func merges() {
        var refusals = PublishRefusals()
        refusals.note(2...3, 15)
        refusals.note(4...4, 15)
        refusals.note(5...5, 16)
        refusals.note(7...7, 16)
        #expect(refusals.ranges.map(\.numbers) == [2...4, 5...5, 7...7])
        #expect(refusals.ranges.map(\.code) == [15, 16, 16])
    }

    @Test("each number is in its range or in none")
    func verdicts() {
        var refusals = PublishRefusals()
        refusals.note(2...3, 15)
        refusals.note(6...6, 16)
        let verdicts = (UInt64(1)...7).map { refusals.verdict(on: $0) }
        #expect(
            verdicts == [
                .notRefused, .refused(15), .refused(15), .notRefused, .notRefused, .refused(16), .notRefused,
            ])
    }

    @Test("beyond the bound the earlier half is forgotten, and what it said is unknown, not accepted")
    func bounded() {
        var refusals = PublishRefusals()
        for index in 0...UInt64(PublishRefusals.most) { refusals.note(2 * index + 1...2 * index + 1, 15) }
        #expect(refusals.ranges.count == PublishRefusals.most / 2 + 1)
        let firstKept = UInt64(PublishRefusals.most) + 1
        #expect(refusals.verdict(on: 1) == .unknown)
        #expect(refusals.verdict(on: 2) == .unknown)
        #expect(refusals.verdict(on: firstKept - 2) == .unknown)
        #expect(refusals.verdict(on: firstKept) == .refused(15))
        #expect(refusals.verdict(on: firstKept + 1) == .notRefused)
    }
}
