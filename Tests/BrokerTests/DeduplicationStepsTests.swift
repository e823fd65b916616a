import Testing

@testable import ZaichikBroker

@Suite("The deduplication window, step by step")
struct DeduplicationStepsTests {
    /// Keys are numbers here.
    private struct Keys {
        var window = DeduplicationWindow()

        mutating func judge(_ key: UInt64, sequence: UInt64 = 1, length: UInt64, now: UInt64) -> UInt64? {
            withUnsafeBytes(of: key) { window.judge($0, sequence: sequence, window: length, now: now) }
        }
    }

    private struct Seen {
        var time: UInt64
        var sequence: UInt64
    }

    @Test(
        "answers with the first one's sequence, as a dictionary does, while it grows, expires and shrinks",
        arguments: 1...8)
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var keys = Keys()
        var model: [UInt64: Seen] = [:]
        var now: UInt64 = 1_700_000_000_000_000
        var sequence: UInt64 = 0
        var differences = 0
        for _ in 0..<12 {
            // Each phase has another pace and another number of keys, so that tables come and go.
            let pace = UInt64.random(in: 0...2000, using: &generator) / 40
            let range = UInt64(1) << UInt64.random(in: 2...14, using: &generator)
            for _ in 0..<2000 {
                now += UInt64.random(in: 0...pace, using: &generator)
                if Int.random(in: 0..<800, using: &generator) == 0 { now += 40_000 }
                if Int.random(in: 0..<200, using: &generator) == 0 {
                    let most = Int.random(in: 0...5000, using: &generator)
                    keys.window.forget(window: 50, now: now, most: most)
                }
                sequence += 1
                let key = UInt64.random(in: 0..<range, using: &generator)
                let seen = model[key].flatMap { now - $0.time < 50_000 ? $0.sequence : nil }
                if keys.judge(key, sequence: sequence, length: 50, now: now) != seen { differences += 1 }
                if seen == nil { model[key] = Seen(time: now, sequence: sequence) }
            }
        }
        #expect(differences == 0)
    }

    @Test("a window made shorter or longer holds for the keys that are remembered")
    func changed() {
        var keys = Keys()
        #expect(keys.judge(1, sequence: 1, length: 100, now: 0) == nil)
        #expect(keys.judge(1, sequence: 2, length: 100, now: 50_000) == 1)
        #expect(keys.judge(1, sequence: 3, length: 50, now: 50_000) == nil)
        #expect(keys.judge(1, sequence: 4, length: 1000, now: 900_000) == 3)
    }

    @Test("a clock that is set back makes no key expire, and holds no duplicate back from being one")
    func backwards() {
        var keys = Keys()
        #expect(keys.judge(1, sequence: 1, length: 10, now: 1_000_000) == nil)
        #expect(keys.judge(1, sequence: 2, length: 10, now: 500_000) == 1)
        for key in 2...5000 as ClosedRange<UInt64> { #expect(keys.judge(key, length: 10, now: 500_000) == nil) }
        #expect(keys.judge(2, sequence: 3, length: 10, now: 600_000) == nil)
        #expect(keys.judge(1, sequence: 3, length: 10, now: 1_009_999) == 1)
        #expect(keys.judge(1, sequence: 4, length: 10, now: 1_010_000) == nil)
    }

    @Test("each new key does a bounded part of the work, even when tables are replaced and all keys expire")
    func boundedJudging() {
        var keys = Keys()
        var worst = 0
        for key in 0..<60_000 as Range<UInt64> {
            let before = keys.window.steps
            _ = keys.judge(key, length: 10_000, now: key)
            worst = max(worst, keys.window.steps - before)
        }
        #expect(keys.window.count == 60_000)
        for key in 0..<1000 as Range<UInt64> {
            let before = keys.window.steps
            _ = keys.judge(key, length: 10_000, now: 20_000_000)
            worst = max(worst, keys.window.steps - before)
        }
        #expect(worst <= 2200)
    }

    @Test("forgetting keeps to its bound, and gives all memory back when the window has passed")
    func boundedForgetting() {
        var keys = Keys()
        for key in 0..<60_000 as Range<UInt64> { _ = keys.judge(key, length: 1000, now: 0) }
        #expect(keys.window.capacity >= 60_000)
        var calls = 0
        while !keys.window.isEmpty, calls < 100 {
            let before = keys.window.steps
            keys.window.forget(window: 1000, now: 1_000_000, most: 4000)
            if !keys.window.isEmpty { #expect(keys.window.steps - before <= 4000 + 2048) }
            calls += 1
        }
        #expect(keys.window.isEmpty && keys.window.capacity == 0)
        #expect(calls > 2)
    }

    @Test("a table for many keys becomes small when few are left, and has lost none of them")
    func shrinks() {
        var keys = Keys()
        for key in 0..<30_000 as Range<UInt64> { _ = keys.judge(key, length: 1000, now: key < 29_000 ? 0 : 500_000) }
        for _ in 0..<100 { keys.window.forget(window: 1000, now: 1_000_000, most: 5000) }
        #expect(keys.window.count == 1000)
        #expect(keys.window.capacity <= 8000)
        for key in 29_000..<30_000 as Range<UInt64> { #expect(keys.judge(key, length: 1000, now: 1_000_000) == 1) }
    }

    @Test("judging in blocks is judging one by one")
    func blocks() {
        var keys = Keys()
        let seen = keys.window.started
        let block = KeyBlock()
        block.begin(at: 100)
        let values: [UInt64?] = [7, nil, 8, 7]
        for value in values {
            if let value { withUnsafeBytes(of: value) { block.add($0, of: seen) } } else { block.add(nil, of: seen) }
        }
        seen.touch(block)
        #expect(!block.has(99) && block.has(100) && block.has(103) && !block.has(104))
        #expect(block.key(of: 101) == nil)
        let span = DeduplicationWindow.Span(window: 10, now: 0)
        #expect(block.key(of: 100).map { seen.judge($0, sequence: 1, span) } == .some(nil))
        #expect(block.key(of: 102).map { seen.judge($0, sequence: 2, span) } == .some(nil))
        #expect(block.key(of: 103).map { seen.judge($0, sequence: 3, span) } == .some(1))
        #expect(keys.judge(7, sequence: 4, length: 10, now: 1) == 1)
    }

    @Test("without keys, a window is one word")
    func size() {
        #expect(MemoryLayout<DeduplicationWindow>.size == 8)
    }
}
