/// A loop's clock, which gives messages their timestamps and measures ages.
///
/// It begins with the wall clock and runs with a steady one, so that it never goes back and never jumps: when the wall
/// clock is set, retention, deduplication and timeouts are not affected. It follows the wall clock's new time by
/// running an eighth faster or slower until it is there.
struct BrokerClock {
    private var steady: UInt64
    /// The time that was last returned.
    private var time: UInt64
    /// How far the wall clock is ahead of this one, in µs.
    private var ahead: Int64 = 0
    /// Time too short to follow the wall clock in, in µs: on a busy loop one look at the clock comes right after
    /// another.
    private var rest: UInt64 = 0

    /// Smaller differences from the wall clock, in µs, are ignored: the two clocks are not read at the same moment.
    private static let tolerance: Int64 = 1_000
    /// The part of the time that is added or left out to follow the wall clock.
    private static let part: UInt64 = 8

    /// Both arguments are in µs; `wall` counts from 1970 UTC.
    init(wall: UInt64 = Machine.wallTime(), steady: UInt64 = Machine.steadyTime()) {
        self.steady = steady
        time = wall
    }

    /// µs since 1970 UTC.
    mutating func now(steady: UInt64 = Machine.steadyTime()) -> UInt64 {
        let elapsed = steady > self.steady ? steady - self.steady : 0
        self.steady += elapsed
        time += elapsed
        guard ahead != 0 else { return time }
        let (parts, rest) = (self.rest + elapsed).quotientAndRemainder(dividingBy: Self.part)
        self.rest = rest
        let correction = Int64(clamping: min(parts, ahead.magnitude)) * ahead.signum()
        time = UInt64(Int64(time) + correction)
        ahead -= correction
        return time
    }

    /// Compares the clock with the wall clock. Called from time to time.
    mutating func follow(wall: UInt64 = Machine.wallTime()) {
        let difference = Int64(clamping: wall) - Int64(clamping: time)
        ahead = difference.magnitude > Self.tolerance.magnitude ? difference : 0
    }
}
