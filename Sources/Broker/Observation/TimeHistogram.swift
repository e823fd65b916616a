/// How long something takes, counted by half octaves: which time half of them stay under, and nearly all.
///
/// 64 bytes, whatever is counted. A count has 8 bits: when one of them is full, all are halved, and from then on a count
/// stands for twice as many. What was counted fades in the same way with the time, so that the last minute counts most.
struct TimeHistogram {
    /// From 16 µs to 4.5 min; what is outside counts as the shortest, or the longest.
    static let buckets = 48
    private static let firstOctave = 4
    /// The seconds after which half is forgotten, while a count stands for one, and while it stands for many.
    private static let slowFading: UInt16 = 60
    private static let quickFading: UInt16 = 10
    /// The seconds after which the longest time is forgotten, at most twice this.
    private static let longestPeriod: UInt16 = 300

    private var counts = InlineArray<48, UInt8>(repeating: 0)
    /// The longest time of this period and of the one before, in µs.
    private var longestNow: UInt32 = 0
    private var longestBefore: UInt32 = 0
    /// What was added and does not make a whole count yet.
    private var rest: UInt32 = 0
    /// Seconds with traffic in this period.
    private var seconds: UInt16 = 0
    /// A count stands for two to the power of this.
    private var scale: UInt8 = 0

    /// In µs.
    var longest: UInt64 { UInt64(max(longestNow, longestBefore)) }

    /// - Parameters:
    ///   - time: In µs.
    ///   - count: How many took so long.
    @inline(__always)
    mutating func add(_ time: UInt64, count: Int) {
        let bucket = Self.bucket(of: time)
        longestNow = max(longestNow, UInt32(truncatingIfNeeded: min(time, UInt64(UInt32.max))))
        let units = scale == 0 ? UInt(bitPattern: count) : wholeUnits(count)
        let sum = UInt(counts[bucket]) &+ units
        guard sum <= 255 else { return addMany(units, to: bucket) }
        counts[bucket] = UInt8(truncatingIfNeeded: sum)
    }

    private mutating func wholeUnits(_ count: Int) -> UInt {
        let sum = UInt(rest) + UInt(bitPattern: count)
        rest = UInt32(truncatingIfNeeded: sum & (1 << UInt(scale) - 1))
        return sum >> UInt(scale)
    }

    @inline(never)
    private mutating func addMany(_ units: UInt, to bucket: Int) {
        var units = units
        while UInt(counts[bucket]) + units > 255 {
            halve()
            if units & 1 == 1 { rest += 1 << UInt32(scale) }
            units >>= 1
            scale += 1
        }
        counts[bucket] += UInt8(units)
    }

    /// Halves all counts. The half that an odd one leaves goes to the next odd one, so that the sum stays right.
    private mutating func halve() {
        var left: UInt16 = 0
        for bucket in 0..<Self.buckets {
            let count = UInt16(counts[bucket]) + left
            counts[bucket] = UInt8(count >> 1)
            left = count & 1
        }
    }

    /// Lets what was counted fade. Called for each second with traffic.
    mutating func secondPassed() {
        seconds += 1
        if scale > 0, seconds.isMultiple(of: Self.quickFading) {
            // A count that stands for half as many is half forgotten.
            scale -= 1
            rest &= 1 << UInt32(scale) - 1
        } else if scale == 0, seconds.isMultiple(of: Self.slowFading) {
            halve()
        }
        guard seconds == Self.longestPeriod else { return }
        seconds = 0
        longestBefore = longestNow
        longestNow = 0
    }

    private static func bucket(of time: UInt64) -> Int {
        let octave = 63 - (time | 16).leadingZeroBitCount
        let half = Int(truncatingIfNeeded: time >> UInt64(truncatingIfNeeded: octave &- 1)) & 1
        return min((octave &- firstOctave) &* 2 &+ half, buckets - 1)
    }

    /// The middle of a bucket, in µs.
    private static func middle(of bucket: Int) -> UInt64 {
        let octave = UInt64(1) << UInt64(firstOctave + bucket / 2)
        return bucket.isMultiple(of: 2) ? octave * 5 / 4 : octave * 7 / 4
    }
}

/// What people want to know of times.
struct TimeSummary: Equatable {
    /// In µs; 0 if nothing was counted lately.
    var median: UInt64 = 0
    /// 99 of 100 took no longer.
    var high: UInt64 = 0
    var longest: UInt64 = 0
}

extension TimeSummary {
    /// - Parameter histograms: Of one client, or of all connections of a session.
    init(_ histograms: some Sequence<TimeHistogram>) {
        var counts = InlineArray<48, UInt64>(repeating: 0)
        for histogram in histograms {
            histogram.addCounts(to: &counts)
            longest = max(longest, histogram.longest)
        }
        var all: UInt64 = 0
        for bucket in counts.indices { all += counts[bucket] }
        guard all > 0 else { return }
        median = min(TimeHistogram.time(below: (all + 1) / 2, of: counts), longest)
        high = min(TimeHistogram.time(below: all - all / 100, of: counts), longest)
    }
}

extension TimeHistogram {
    fileprivate func addCounts(to sums: inout InlineArray<48, UInt64>) {
        for bucket in counts.indices { sums[bucket] += UInt64(counts[bucket]) << UInt64(scale) }
    }

    /// About the time that so many stay under.
    fileprivate static func time(below rank: UInt64, of counts: InlineArray<48, UInt64>) -> UInt64 {
        var sum: UInt64 = 0
        for bucket in counts.indices {
            sum += counts[bucket]
            if sum >= rank { return middle(of: bucket) }
        }
        return middle(of: buckets - 1)
    }
}
