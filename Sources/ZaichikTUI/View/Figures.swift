/// Figures as people read them, in few columns.
enum Figures {
    /// `0` to `9999`, then `12.8k`, `1.3M`: at most five columns.
    static func count(_ value: UInt64) -> String {
        scaled(value, by: 1000, ["k", "M", "G", "T", "P", "E"], from: 10_000)
    }

    /// Powers of 1024: `512`, `1.2K`, `12M`.
    static func bytes(_ value: UInt64) -> String {
        scaled(value, by: 1024, ["K", "M", "G", "T", "P", "E"], from: 1024)
    }

    /// A duration given in µs, in its two largest units: `12s`, `4m10s`, `3h12m`, `2d4h`.
    static func age(_ microseconds: UInt64) -> String {
        let seconds = microseconds / Moment.second
        switch seconds {
        case 0: return microseconds < 1000 ? "<1ms" : "\(microseconds / 1000)ms"
        case 1..<60: return "\(seconds)s"
        case 60..<3600: return "\(seconds / 60)m" + two(seconds % 60) + "s"
        case 3600..<86400: return "\(seconds / 3600)h" + two(seconds / 60 % 60) + "m"
        default: return "\(seconds / 86400)d\(seconds / 3600 % 24)h"
        }
    }

    /// `0.41 ms`, `12 ms`, `1.2 s`.
    static func roundTrip(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        if milliseconds < 10 { return "\(fixed(milliseconds, milliseconds < 1 ? 2 : 1)) ms" }
        return milliseconds < 1000 ? "\(Int(milliseconds)) ms" : "\(fixed(milliseconds / 1000, 1)) s"
    }

    /// The time of day.
    ///
    /// - Parameter offset: Local time's distance from UTC, in seconds.
    static func clock(_ moment: Moment, offset: Int, milliseconds: Bool = true) -> String {
        let day = 86400
        let second = ((Int(moment / Moment.second) + offset) % day + day) % day
        let text = "\(two(UInt64(second / 3600))):\(two(UInt64(second / 60 % 60))):\(two(UInt64(second % 60)))"
        guard milliseconds else { return text }
        let rest = String(moment / 1000 % 1000)
        return text + "." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    private static func scaled(_ value: UInt64, by base: Double, _ units: [String], from least: UInt64) -> String {
        if value < least { return String(value) }
        var number = Double(value)
        for unit in units {
            number /= base
            if number < 99.95 { return fixed(number, 1) + unit }
            if number < base - 0.5 || unit == units.last { return String(Int(number.rounded())) + unit }
        }
        return String(value)
    }

    private static func fixed(_ value: Double, _ places: Int) -> String {
        let scale = places == 2 ? 100.0 : 10.0
        let number = Int((value * scale).rounded())
        let fraction = String(number % Int(scale))
        return "\(number / Int(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    private static func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
