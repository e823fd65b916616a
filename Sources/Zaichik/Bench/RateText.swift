/// Rates in messages a second, which may be less than one.
enum RateText {
    /// A number for people and for JSON: whole from 100 on, with up to three decimals below.
    static func text(_ rate: Double) -> String {
        guard rate < 100 else { return String(UInt64(rate)) }
        let thousandths = UInt64((rate * 1000).rounded())
        let digits = String(thousandths % 1000 + 1000).dropFirst()
        guard let last = digits.lastIndex(where: { $0 != "0" }) else { return String(thousandths / 1000) }
        return "\(thousandths / 1000).\(digits[...last])"
    }
}
