import ArgumentParser
import Glibc
import ZaichikWords

/// The zone in which times are shown and read.
struct ZoneOption: ParsableArguments {
    @Flag(help: "Show times in UTC, and take those without a zone as UTC; else local time.")
    var utc = false

    /// The distance from UTC at a time in µs since 1970 UTC, in seconds.
    func offset(at time: UInt64) -> Int {
        guard !utc else { return 0 }
        var seconds = time_t(time / 1_000_000)
        var fields = tm()
        localtime_r(&seconds, &fields)
        return fields.tm_gmtoff
    }

    /// The distance from UTC at a local time, given as if it were UTC, in seconds since 1970; in seconds.
    func offset(atLocal seconds: Int) -> Int {
        guard !utc else { return 0 }
        var seconds = time_t(seconds)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        fields.tm_isdst = -1
        return seconds - mktime(&fields)
    }

    /// ISO 8601 with milliseconds and the zone.
    func text(_ time: UInt64) -> String { TimeText.text(time, offset: offset(at: time)) }
}
