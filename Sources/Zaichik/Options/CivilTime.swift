/// A date, perhaps with a time of day and a zone, as ISO 8601 writes it: `2026-01-31`, `2026-01-31T12:00`,
/// `2026-01-31 12:00:00.250+05:30`.
struct CivilTime: Equatable {
    /// As if it were UTC, in µs since 1970.
    private let microseconds: Int64
    /// The zone's distance from UTC, in seconds; nil if there is none.
    private let offset: Int?

    /// Why a text is not a time.
    struct Problem: Error {
        var text: String

        init(_ text: String) { self.text = text }

        fileprivate static let early = Problem("that is before 1970")
        fileprivate static let clock = Problem("a time of day is written like 12:00 or 23:59:59.250")
    }

    /// - Throws: If it is not in that form, not in the calendar, or before 1970.
    init(reading text: String) throws(Problem) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2)
        else { throw Problem("a time is written like \(Moment.forms)") }
        let days = try Self.days(year: year, month: month, day: day)
        var time: Int64 = 0
        var offset: Int?
        if !reader.isAtEnd {
            guard reader.takeAny("Tt "), let clock = reader.clock() else { throw .clock }
            time = clock
            guard reader.zone(&offset), reader.isAtEnd else { throw Problem("a zone is written like Z or +05:30") }
        }
        microseconds = Int64(days) * 86_400_000_000 + time
        self.offset = offset
        guard microseconds - Int64(offset ?? 0) * 1_000_000 >= 0 else { throw .early }
    }

    /// In µs since 1970 UTC.
    ///
    /// - Parameter localOffset: The distance of local time from UTC, in seconds, for a time of day that is local and as
    ///   if it were UTC, in seconds since 1970. Asked if there is no zone.
    func time(localOffset: (Int) -> Int) -> UInt64 {
        let offset = offset ?? localOffset(Int(microseconds / 1_000_000))
        return UInt64(max(microseconds - Int64(offset) * 1_000_000, 0))
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Days since 1970-01-01.
    private static func days(year: Int, month: Int, day: Int) throws(Problem) -> Int {
        let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month) else { throw Problem("there is no month \(twoDigits(month))") }
        guard (1...lengths[month - 1]).contains(day) else {
            throw Problem("\(year)-\(twoDigits(month)) has no day \(twoDigits(day))")
        }
        guard year >= 1970 else { throw .early }
        // Leap days of the years before.
        let last = year - 1
        let leaps = last / 4 - last / 100 + last / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
        return (year - 1970) * 365 + leaps + lengths[..<(month - 1)].reduce(0, +) + day - 1
    }
}

/// Reads a text of digits and signs from its beginning.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func takeAny(_ signs: String) -> Bool { signs.unicodeScalars.contains { take($0) } }

    /// A number of exactly so many digits.
    mutating func number(_ digits: Int) -> Int? {
        let part = rest.prefix(digits)
        guard part.count == digits, part.allSatisfy(Self.isDigit) else { return nil }
        rest.removeFirst(digits)
        return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.F`, in µs.
    mutating func clock() -> Int64? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60 else { return nil }
        var second = 0
        var fraction: Int64 = 0
        if take(":") {
            guard let number = number(2), number < 60 else { return nil }
            second = number
            if takeAny(".,") {
                let digits = rest.prefix(while: Self.isDigit)
                guard !digits.isEmpty else { return nil }
                rest.removeFirst(digits.count)
                var unit: Int64 = 100_000
                for digit in digits.prefix(6) {
                    fraction += Int64(digit - UInt8(ascii: "0")) * unit
                    unit /= 10
                }
            }
        }
        return Int64((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    }

    /// Nothing, `Z`, `+HH:MM`, `+HHMM` or `+HH`.
    ///
    /// - Returns: Whether it is one of them.
    mutating func zone(_ offset: inout Int?) -> Bool {
        if isAtEnd { return true }
        let sign = takeAny("Zz") ? 0 : take("+") ? 1 : take("-") ? -1 : nil
        guard let sign else { return false }
        offset = 0
        guard sign != 0 else { return true }
        guard let hours = number(2), hours < 24 else { return false }
        _ = take(":")
        guard let minutes = isAtEnd ? 0 : number(2), minutes < 60 else { return false }
        offset = sign * (hours * 60 + minutes) * 60
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
