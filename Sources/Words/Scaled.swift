/// A number brought below the next unit.
struct Scaled {
    var value: Double
    /// The index of the unit: 0 for the first above one, such as KiB.
    var unit = 0

    init(_ value: Double) { self.value = value }

    /// - Returns: nil if the number is below the first unit.
    init?(_ number: UInt64, by base: Double) {
        value = Double(number)
        guard value >= base else { return nil }
        value /= base
        // A value that rounds up to the next unit is shown in it: 1 MiB, never 1024 KiB.
        while unit < 5, value >= base - 0.5 {
            value /= base
            unit += 1
        }
    }

    /// With one decimal up to `99.9`, without one from `100` on.
    var aligned: String {
        let tenths = UInt64((value * 10).rounded())
        return tenths < 1000 ? "\(tenths / 10).\(tenths % 10)" : String(UInt64(value.rounded()))
    }

    /// The same without a decimal that is 0.
    var shortest: String { aligned.hasSuffix(".0") ? String(aligned.dropLast(2)) : aligned }
}

enum Digits {
    static func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    static func three(_ value: UInt64) -> String { value < 100 ? "0" + two(value) : "\(value)" }
}
