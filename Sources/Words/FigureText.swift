import ZaichikProtocol

/// Figures with their units, for people. Machines get them as numbers.
public enum FigureText {
    /// A figure in its unit. Where 0 means that there is none, it is a `-`.
    public static func text(_ value: UInt64, _ figure: some Figure) -> String {
        switch figure.unit {
        case .microseconds where value == 0: "-"
        case .microseconds: figure.isAge ? age(microseconds: value) : duration(microseconds: value)
        case .milliseconds: duration(milliseconds: value)
        case .time: value == 0 ? "-" : TimeText.text(value)
        case .bytes: bytes(value)
        case .messages, .perSecond, .count: String(value)
        }
    }

    /// Powers of 1024 with at most one decimal: `512 B`, `1.5 KiB`, `1 GiB`.
    public static func bytes(_ value: UInt64) -> String {
        guard let scaled = Scaled(value, by: 1024) else { return "\(value) B" }
        return "\(scaled.shortest) \(["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][scaled.unit])"
    }

    /// A measured or a set time, such as a latency: `410 µs`, `3.2 ms`, `45 s`; from a minute on `2m05s`, `3h12m`, `2d4h`,
    /// or `2m`, `3h`, `2d` if that is all of it.
    public static func duration(microseconds value: UInt64) -> String {
        switch value {
        case ..<1000: "\(value) µs"
        case ..<999_500: "\(Scaled(Double(value) / 1000).shortest) ms"
        case ..<59_950_000: "\(Scaled(Double(value) / 1_000_000).shortest) s"
        default: whole(seconds: (value / 500_000 + 1) / 2)
        }
    }

    /// The same for a time in ms, of any length.
    public static func duration(milliseconds value: UInt64) -> String {
        let (microseconds, overflow) = value.multipliedReportingOverflow(by: 1000)
        return overflow ? whole(seconds: value / 1000) : duration(microseconds: microseconds)
    }

    /// Time that has passed: `<1ms`, `800ms`, `12s`, `4m10s`, `3h12m`, `2d4h`. Its units are whole, since it changes
    /// while it is on the screen.
    public static func age(microseconds value: UInt64) -> String {
        switch value {
        case ..<1000: "<1ms"
        case ..<1_000_000: "\(value / 1000)ms"
        default: parts(seconds: value / 1_000_000)
        }
    }

    /// The same, without a smaller unit of which there is nothing.
    private static func whole(seconds: UInt64) -> String {
        switch seconds {
        case 60..<3600 where seconds % 60 == 0: "\(seconds / 60)m"
        case 3600..<86_400 where seconds / 60 % 60 == 0: "\(seconds / 3600)h"
        case 86_400... where seconds / 3600 % 24 == 0: "\(seconds / 86_400)d"
        default: parts(seconds: seconds)
        }
    }

    /// The two largest units, written as options take them.
    private static func parts(seconds: UInt64) -> String {
        switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m\(Digits.two(seconds % 60))s"
        case ..<86_400: "\(seconds / 3600)h\(Digits.two(seconds / 60 % 60))m"
        default: "\(seconds / 86_400)d\(seconds / 3600 % 24)h"
        }
    }
}

extension Figure {
    /// Whether the figure grows with time while nothing happens. Ages are known by their names.
    var isAge: Bool { name.hasSuffix("_age_us") }
}
