/// Shares in percent. A broker may say any figures: the largest is 999.
enum Percent {
    /// - Returns: 0 if the whole is 0.
    static func of(_ part: UInt64, _ whole: UInt64) -> Int {
        guard whole > 0 else { return 0 }
        return Int(min(999, (Double(part) / Double(whole) * 100).rounded()))
    }
}
