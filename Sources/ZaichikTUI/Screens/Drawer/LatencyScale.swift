import ZaichikWords

/// A scale of times from 10 µs to 100 s, on which each tenth of it is a decade and a little more.
struct LatencyScale {
    let columns: Int

    private static let least = 1.0
    private static let decades = 7.0

    /// The column of a time in µs, from 0.
    func place(_ microseconds: UInt64) -> Int {
        guard microseconds > 0, columns > 0 else { return 0 }
        let part = (Self.log10(Double(microseconds)) - Self.least) / Self.decades
        return min(max(Int((part * Double(columns)).rounded()), 1), columns)
    }

    /// A bar up to each of three times, the shortest first.
    func bar(_ times: [UInt64]) -> String {
        var bar = ""
        for (time, glyph) in zip(times, ["█", "▓", "░"]) {
            let end = place(time)
            bar += String(repeating: glyph, count: max(0, end - bar.count))
        }
        return bar
    }

    /// The names of some times below their places.
    var marks: String {
        var line = ""
        for (time, text) in [(1000, "1ms"), (100_000, "100ms"), (1_000_000, "1s"), (10_000_000, "10s")]
            as [(UInt64, String)]
        {
            let start = place(time) - text.count / 2
            guard start > line.count, start + text.count <= columns + 1 else { continue }
            line += String(repeating: " ", count: start - line.count) + text
        }
        return line
    }

    /// The decimal logarithm, exact enough for columns.
    private static func log10(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        // Of the binary exponent and a significand from 1 to 2, of which a short series is close.
        let y = (value.significand - 1) / (value.significand + 1)
        let natural = 2 * (y + y * y * y / 3 + y * y * y * y * y / 5 + y * y * y * y * y * y * y / 7)
        return (Double(value.exponent) * 0.6931471805599453 + natural) / 2.302585092994046
    }
}
