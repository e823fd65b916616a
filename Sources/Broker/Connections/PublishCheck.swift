import ZaichikProtocol

/// The check of what one publish asks for. docs/PROTOCOL.md, "PUBLISH".
///
/// What the broker does not know is refused: if it were ignored, no later version could give it a meaning.
enum PublishCheck {
    /// How much of a header's name a refusal repeats, in bytes.
    private static let shownName = 64

    /// - Returns: The code and the reason of a REJECT; nil if the message may be published.
    static func refusal(of message: Message) -> (ErrorCode, String)? {
        let unknown = message.flags.subtracting(.known)
        guard unknown.isEmpty else {
            let bits = (0..<8).filter { unknown.rawValue >> $0 & 1 == 1 }.map(String.init).joined(separator: ", ")
            return (.unknownFlag, "PUBLISH has the flag bits 0 to 3; this broker does not know bit \(bits)")
        }
        guard message.flags.contains(.headers) else { return nil }
        switch MessageHeaders.judge(message.payload) {
        case .fine: return nil
        case .malformed:
            return (.malformedHeaders, "flag bit 1 is set, but the payload does not begin with headers")
        case .unknown(let name):
            return (
                .unknownHeader,
                "this broker does not know the header '\(name.clamped(toUTF8: shownName))'; "
                    + "names that begin with '$' are for what a message asks of the broker"
            )
        }
    }
}
