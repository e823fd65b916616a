import ZaichikProtocol

/// The check of what one publish asks for. docs/PROTOCOL.md, "PUBLISH".
///
/// What the broker does not know is refused: if it were ignored, no later version could give it a meaning.
enum PublishCheck {
    enum Outcome: Equatable {
        /// It may be published, and asks for these times.
        case fine(MessageTimes)
        /// The code and the reason of a REJECT.
        case refused(ErrorCode, String)
    }

    /// How much of a header's name a refusal repeats, in bytes.
    private static let shownName = 64

    static func outcome(of message: Message) -> Outcome {
        let unknown = message.flags.subtracting(.known)
        guard unknown.isEmpty else {
            let bits = (0..<8).filter { unknown.rawValue >> $0 & 1 == 1 }.map(String.init).joined(separator: ", ")
            return .refused(
                .unknownFlag, "PUBLISH has the flag bits 0 to 4; this broker does not know bit \(bits)")
        }
        guard message.flags.contains(.headers) else { return .fine(MessageTimes()) }
        switch MessageHeaders.judge(message.payload) {
        case .fine(let times): return .fine(times)
        case .malformed:
            return .refused(.malformedHeaders, "flag bit 1 is set, but the payload does not begin with headers")
        case .unknown(let name):
            return .refused(
                .unknownHeader,
                "this broker does not know the header '\(name.clamped(toUTF8: shownName))'; "
                    + "names that begin with '$' are for what a message asks of the broker")
        case .badValue(let header, let value):
            return .refused(
                .badHeaderValue,
                "'\(value)' is not a value of '\(header.name)', which is a whole number of milliseconds "
                    + "from \(header.range.lowerBound) to \(header.range.upperBound)")
        }
    }
}
