/// Times as people type them: a number with its unit, or several.
public enum DurationText {
    private static let units: [String: UInt64] = [
        "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
    ]

    /// `200ms`, `1s`, `5m`, `1h30m` or `7d` in milliseconds.
    ///
    /// - Returns: nil if the text is no time, or is longer than there are numbers for.
    public static func milliseconds(_ text: some StringProtocol) -> UInt64? {
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let number = UInt64(digits), let unit = units[String(letters)] else { return nil }
            let (part, isTooLong) = number.multipliedReportingOverflow(by: unit)
            let (sum, overflows) = total.addingReportingOverflow(part)
            guard !isTooLong, !overflows else { return nil }
            total = sum
        }
        return total
    }

    /// A time exactly as it is typed, in the largest unit that it is a multiple of: `90s`, `2h`, `250ms`.
    public static func typed(milliseconds: UInt64) -> String {
        let units: [(UInt64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        let unit = units.first { milliseconds > 0 && milliseconds % $0.0 == 0 } ?? (1, "ms")
        return milliseconds == 0 ? "0" : "\(milliseconds / unit.0)\(unit.1)"
    }
}
