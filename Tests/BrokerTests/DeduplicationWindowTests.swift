import Testing

@testable import ZaichikBroker

@Suite("The deduplication window")
struct DeduplicationWindowTests {
    private func judge(
        _ window: inout DeduplicationWindow, _ key: String, sequence: UInt64 = 1, length: UInt64 = 10, now: UInt64
    ) -> UInt64? {
        var key = key
        return key.withUTF8 {
            window.judge(UnsafeRawBufferPointer($0), sequence: sequence, window: length, now: now)
        }
    }

    @Test("the empty key is a key")
    func emptyKey() {
        var window = DeduplicationWindow()
        #expect(judge(&window, "", sequence: 7, now: 0) == nil)
        #expect(judge(&window, "", sequence: 8, now: 1) == 7)
    }

    @Test("a key may come again exactly when the window has passed")
    func boundary() {
        var window = DeduplicationWindow()
        #expect(judge(&window, "k", now: 500) == nil)
        #expect(judge(&window, "k", now: 10_499) == 1)
        #expect(judge(&window, "k", sequence: 2, now: 10_500) == nil)
        #expect(judge(&window, "k", sequence: 3, now: 10_501) == 2)
    }

    @Test("a window of 2^64-1 ms never passes")
    func endless() {
        var window = DeduplicationWindow()
        #expect(judge(&window, "k", length: .max, now: 0) == nil)
        #expect(judge(&window, "k", length: .max, now: .max) == 1)
    }

    @Test("a key recorded anew after a clock that went back is found while the table grows")
    func clockThatWentBack() {
        var window = DeduplicationWindow()
        // This one stays at the log's head, so that expired keys after it are not removed.
        _ = judge(&window, "head", length: 1000, now: 10_000_000)
        #expect(judge(&window, "k", length: 1000, now: 1_000_000) == nil)
        for index in 0..<600 { _ = judge(&window, "a\(index)", length: 1000, now: 1_000_000) }
        #expect(judge(&window, "k", sequence: 2, length: 1000, now: 2_100_000) == nil)
        for index in 0..<20_000 {
            _ = judge(&window, "b\(index)", length: 1000, now: 2_150_000)
            #expect(judge(&window, "k", sequence: 3, length: 1000, now: 2_200_000) == 2)
        }
    }

    @Test("forgets keys step by step until only those in the window are left")
    func forgets() {
        var window = DeduplicationWindow()
        for index in 0..<10_000 { _ = judge(&window, "\(index)", now: UInt64(index) * 1000) }
        #expect(window.count <= 12)
        window.forget(window: 10, now: .max / 2, most: .max)
        #expect(window.count == 0)
    }

    @Test("agrees with a dictionary of times, for random keys and times", arguments: 1...10)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var window = DeduplicationWindow()
        var model: [String: UInt64] = [:]
        var now: UInt64 = 0
        for _ in 0..<3000 {
            now += UInt64.random(in: 0...2000, using: &generator)
            let key = "\(Int.random(in: 0..<40, using: &generator))"
            let isDuplicate = model[key].map { now - $0 < 25_000 } ?? false
            #expect((judge(&window, key, length: 25, now: now) != nil) == isDuplicate)
            if !isDuplicate { model[key] = now }
        }
    }
}
