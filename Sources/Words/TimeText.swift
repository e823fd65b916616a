/// Points in time as text. All of them are µs since 1970 UTC.
public enum TimeText {
    private static let second: UInt64 = 1_000_000
    private static let secondsOfDay: UInt64 = 86_400

    /// ISO 8601 with milliseconds and the zone, such as `2026-01-02T03:04:05.678Z` or `2026-01-02T08:34:05.678+05:30`.
    ///
    /// - Parameter offset: The zone's distance from UTC, in seconds; 0 is UTC.
    public static func text(_ time: UInt64, offset: Int = 0) -> String {
        let seconds = max(Int(time / second) + offset, 0)
        let date = date(ofDay: UInt64(seconds) / secondsOfDay)
        let year = String(date.year)
        return String(repeating: "0", count: max(0, 4 - year.count)) + year
            + "-\(Digits.two(date.month))-\(Digits.two(date.day))T\(clock(time, offset: offset))\(zone(offset))"
    }

    /// `Z`, or `+05:30`.
    public static func zone(_ offset: Int) -> String {
        guard offset != 0 else { return "Z" }
        let minutes = offset.magnitude / 60
        return (offset < 0 ? "-" : "+") + "\(Digits.two(UInt64(minutes / 60))):\(Digits.two(UInt64(minutes % 60)))"
    }

    /// The time of day, such as `03:04:05.678`.
    ///
    /// - Parameter offset: Local time's distance from UTC, in seconds.
    public static func clock(_ time: UInt64, offset: Int, milliseconds: Bool = true) -> String {
        let day = Int(secondsOfDay)
        let seconds = UInt64(((Int(time / second % secondsOfDay) + offset) % day + day) % day)
        let text = "\(Digits.two(seconds / 3600)):\(Digits.two(seconds / 60 % 60)):\(Digits.two(seconds % 60))"
        return milliseconds ? text + "." + Digits.three(time / 1000 % 1000) : text
    }

    /// The date of a day counted from 1970-01-01.
    private static func date(ofDay number: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        // Counted from 0000-03-01, so that leap days come last in their year, their century and their 400 years.
        let days = number + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            year: era * 400 + yearOfEra + (month < 10 ? 0 : 1), month: month < 10 ? month + 3 : month - 9,
            day: dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}
