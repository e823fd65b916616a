/// How often latencies were how long, to about three parts in a hundred.
struct LatencyHistogram: Equatable, Sendable {
    /// Each power of two has so many buckets.
    private static let parts = 32
    private var buckets: [UInt64] = []
    private(set) var count: UInt64 = 0
    private(set) var longest: UInt64 = 0

    mutating func record(_ microseconds: UInt64) {
        let bucket = Self.bucket(of: microseconds)
        if bucket >= buckets.count { buckets += [UInt64](repeating: 0, count: bucket + 1 - buckets.count) }
        buckets[bucket] += 1
        count += 1
        longest = max(longest, microseconds)
    }

    mutating func add(_ other: LatencyHistogram) {
        if other.buckets.count > buckets.count {
            buckets += [UInt64](repeating: 0, count: other.buckets.count - buckets.count)
        }
        for (bucket, number) in other.buckets.enumerated() { buckets[bucket] += number }
        count += other.count
        longest = max(longest, other.longest)
    }

    /// The latency that so many of a hundred do not exceed; nil if nothing was recorded.
    func percentile(_ percent: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let wanted = max(1, UInt64((Double(count) * percent / 100).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, number) in buckets.enumerated() {
            seen += number
            if seen >= wanted { return min(Self.top(of: bucket), longest) }
        }
        return longest
    }

    /// Below ``parts`` each value has its own.
    private static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(parts) else { return Int(value) }
        let shift = value.bitWidth - value.leadingZeroBitCount - 1 - parts.trailingZeroBitCount
        return (shift + 1) * parts + Int(value >> UInt64(shift)) - parts
    }

    /// The largest value in a bucket.
    private static func top(of bucket: Int) -> UInt64 {
        guard bucket >= parts else { return UInt64(bucket) }
        let shift = bucket / parts - 1
        let start = UInt64(bucket % parts + parts)
        return start << UInt64(shift) | ((1 << UInt64(shift)) - 1)
    }
}
