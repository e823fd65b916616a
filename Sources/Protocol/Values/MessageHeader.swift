/// What a message may ask of the broker: headers whose names begin with `$`. The only table of them.
public enum MessageHeader: String, CaseIterable, Sendable {
    case expireAfter = "$expire-after"
    case delay = "$delay"

    public var name: String { rawValue }

    public var summary: String {
        switch self {
        case .expireAfter:
            "a reader that comes to it later than this after its timestamp does not get it: after its acceptance, or after it was due if it was delayed"
        case .delay: "it is delivered no earlier than this after its acceptance, and gets its sequence then"
        }
    }

    /// The longest time that a message may ask for, in ms: ten years.
    public static let longest: UInt64 = 315_360_000_000

    /// The values that a header can have, in ms.
    public var range: ClosedRange<UInt64> {
        switch self {
        case .expireAfter: 1...Self.longest
        case .delay: 0...Self.longest
        }
    }

    /// Reads a value: 1 to 20 decimal digits in ASCII.
    ///
    /// - Returns: nil if it is no number, or not one that the header can have.
    public func milliseconds(_ value: some Collection<UInt8>) -> UInt64? {
        guard 1...20 ~= value.count else { return nil }
        var number: UInt64 = 0
        for digit in value {
            guard 0x30...0x39 ~= digit else { return nil }
            let (tens, isLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = tens.addingReportingOverflow(UInt64(digit - 0x30))
            guard !isLarge, !isLarger else { return nil }
            number = sum
        }
        return range.contains(number) ? number : nil
    }
}
