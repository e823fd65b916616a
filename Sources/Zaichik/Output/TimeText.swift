import FoundationEssentials
import ZaichikWords

extension TimeText {
    /// - Returns: In µs since 1970 UTC; nil if the text is not a time in ISO 8601.
    static func parse(_ text: String) -> UInt64? {
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let date = (try? Date(text, strategy: fractional)) ?? (try? Date(text, strategy: .iso8601)),
            date.timeIntervalSince1970 >= 0
        else { return nil }
        return UInt64((date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    /// In µs since 1970 UTC.
    static var now: UInt64 { UInt64(Date().timeIntervalSince1970 * 1_000_000) }
}
