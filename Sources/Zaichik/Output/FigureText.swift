import ZaichikProtocol

/// Figures for the eye. Machines get them as numbers.
enum FigureText {
    static func text(_ value: UInt64, _ unit: FigureUnit) -> String {
        switch unit {
        case .bytes: bytes(value)
        case .microseconds: duration(microseconds: value)
        case .milliseconds: duration(microseconds: value.multipliedReportingOverflow(by: 1000).partialValue)
        case .time: value == 0 ? "-" : TimeText.text(value)
        case .messages, .perSecond, .count: String(value)
        }
    }

    static func bytes(_ value: UInt64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var rest = Double(value)
        var unit = 0
        while rest >= 1024, unit < units.count - 1 {
            rest /= 1024
            unit += 1
        }
        return unit == 0 ? "\(value) B" : "\(tenths(rest)) \(units[unit])"
    }

    /// Two digits at least: 3.2 ms, 45 s, 2 m 05 s, 3 h 04 m.
    static func duration(microseconds value: UInt64) -> String {
        switch value {
        case 0: return "-"
        case ..<1000: return "\(value) µs"
        case ..<1_000_000: return "\(tenths(Double(value) / 1000)) ms"
        case ..<60_000_000: return "\(tenths(Double(value) / 1_000_000)) s"
        default:
            let seconds = value / 1_000_000
            if seconds < 3600 { return "\(seconds / 60) m \(seconds % 60) s" }
            if seconds < 86_400 { return "\(seconds / 3600) h \(seconds % 3600 / 60) m" }
            return "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 || tenths >= 1000 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
