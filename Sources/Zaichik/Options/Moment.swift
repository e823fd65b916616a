import ArgumentParser

/// A point in time, as options take it: a date, perhaps with a time of day and a zone, or a number since 1970.
enum Moment: Equatable {
    /// In µs since 1970 UTC.
    case sinceEpoch(UInt64)
    case civil(CivilTime)

    static let forms = "2026-01-31, 2026-01-31T12:00:00Z or 1767225600"

    /// - Throws: If it is none of the forms, not in the calendar, or before 1970.
    init(reading text: String) throws(CivilTime.Problem) {
        if let time = Self.number(text) {
            self = .sinceEpoch(time)
        } else {
            self = .civil(try CivilTime(reading: text))
        }
    }

    /// For options that take a time to come.
    static func read(_ text: String) throws -> Moment {
        guard number(text) != nil || TimeSpan(argument: text) == nil else {
            throw ValidationError("'\(text)' is how long: give it with --for. A time is written like \(forms).")
        }
        do throws(CivilTime.Problem) {
            return try Moment(reading: text)
        } catch {
            let help = error.text.contains(forms) ? "" : " A time is written like \(forms)."
            throw ValidationError("\(error.text).\(help)")
        }
    }

    /// In µs since 1970 UTC.
    func time(_ zone: ZoneOption) -> UInt64 {
        switch self {
        case .sinceEpoch(let time): time
        case .civil(let time): time.time { zone.offset(atLocal: $0) }
        }
    }

    /// A number since 1970, in µs. Its size tells its unit: s up to 11 digits, then ms, µs and ns.
    static func number(_ text: String) -> UInt64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let number = UInt64(parts[0])
        else { return nil }
        if parts.count > 1 {
            // Only seconds have a fraction.
            guard number < 100_000_000_000, let fraction = UInt64((parts[1] + "000000").prefix(6)) else { return nil }
            return number * 1_000_000 + fraction
        }
        switch number {
        case ..<100_000_000_000: return number * 1_000_000
        case ..<100_000_000_000_000: return number * 1000
        case ..<100_000_000_000_000_000: return number
        default: return number / 1000
        }
    }
}
