import Testing

@testable import ZaichikBroker

@Suite("The broker's clock")
struct BrokerClockTests {
    private static let start: UInt64 = 1_700_000_000_000_000
    private static let hour: UInt64 = 3_600_000_000
    private static let second: UInt64 = 1_000_000

    @Test("it begins with the wall clock and runs with the steady one")
    func runs() {
        var clock = BrokerClock(wall: Self.start, steady: 500)
        #expect(clock.now(steady: 500) == Self.start)
        #expect(clock.now(steady: 507) == Self.start + 7)
        #expect(clock.now(steady: 1500) == Self.start + 1000)
    }

    @Test("a small difference from the wall clock is left")
    func tolerance() {
        var clock = BrokerClock(wall: Self.start, steady: 0)
        clock.follow(wall: Self.start + 1000)
        #expect(clock.now(steady: Self.second) == Self.start + Self.second)
        clock.follow(wall: Self.start + Self.second - 1000)
        #expect(clock.now(steady: 2 * Self.second) == Self.start + 2 * Self.second)
    }

    /// Steps between two looks at the clock, in µs: on a busy loop it is looked at every few µs.
    @Test(
        "set ahead or back by an hour, the wall clock is followed at an eighth, however often one looks",
        arguments: [1, 3, 7, 8, 15, 1000])
    func eighth(step: UInt64) {
        for (wall, expected) in [(Self.start + Self.hour, UInt64(9)), (Self.start - Self.hour, UInt64(7))] {
            var clock = BrokerClock(wall: Self.start, steady: 0)
            clock.follow(wall: wall)
            var steady: UInt64 = 0
            while steady < 8_000 {
                steady += step
                _ = clock.now(steady: steady)
            }
            let passed = clock.now(steady: steady) - Self.start
            let wanted = steady * expected / 8
            #expect((wanted - 1...wanted + 1).contains(passed), "\(passed) µs passed in \(steady)")
        }
    }

    @Test("it is there after eight hours for one, and then runs as before")
    func arrives() {
        for (wall, wanted) in [(Self.start + Self.hour, 9 * Self.hour), (Self.start - Self.hour, 7 * Self.hour)] {
            var clock = BrokerClock(wall: Self.start, steady: 0)
            clock.follow(wall: wall)
            let last = 8 * Self.hour
            #expect(clock.now(steady: last) == Self.start + wanted)
            #expect(clock.now(steady: last + 800) == Self.start + wanted + 800)
        }
    }

    @Test("however the wall clock is set, it never goes back and never jumps", arguments: UInt64(1)...10)
    func never(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var clock = BrokerClock(wall: Self.start, steady: 0)
        var steady: UInt64 = 0
        var before = Self.start
        for _ in 0..<300 {
            let elapsed = UInt64.random(in: 0...(Bool.random(using: &generator) ? 10 : Self.second), using: &generator)
            if Int.random(in: 0..<10, using: &generator) == 0 {
                let walls = [0, Self.start - Self.hour, Self.start, Self.start + Self.hour, UInt64.max]
                clock.follow(wall: walls.randomElement(using: &generator)!)
            }
            // A steady clock that is read on another core may lag a little.
            let isBehind = Int.random(in: 0..<20, using: &generator) == 0
            let now = clock.now(steady: isBehind ? steady - min(steady, 3) : steady + elapsed)
            if !isBehind { steady += elapsed }
            #expect(now >= before)
            #expect(now - before <= elapsed + elapsed / 8 + 1)
            if elapsed > 8, !isBehind { #expect(now - before >= elapsed - elapsed / 8 - 1) }
            before = now
        }
    }

    @Test("a wall clock before 1970 is 0, from which it runs on")
    func early() {
        var clock = BrokerClock(wall: 0, steady: 10)
        #expect(clock.now(steady: 10) == 0)
        clock.follow(wall: 0)
        #expect(clock.now(steady: 15) == 5)
        var set = BrokerClock(wall: 8_000_000, steady: 0)
        set.follow(wall: 0)
        #expect(set.now(steady: 8) == 8_000_007, "one that is set back that far goes on, more slowly")
    }
}
