import ZaichikProtocol
import ZaichikWords

/// One delivery that is returned or parked by hand.
struct HandSettlement: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        /// It comes again, not before the delay is over, in ms.
        case `return`(delay: UInt64)
        case park
    }

    var number: UInt64
    var connection: UInt64
    var action: Action
    /// For whoever gets it next, or looks at what is parked; may be empty.
    var reason = ""

    /// What is typed: a delay if it is to be returned, and a reason; both may be left out.
    ///
    /// - Returns: nil if the delay is longer than a broker takes.
    static func read(_ text: String, _ message: ReceivedMessage, isReturn: Bool) -> HandSettlement? {
        var reason = text.trimmed
        guard isReturn else {
            return HandSettlement(
                number: message.number, connection: message.connection, action: .park, reason: reason)
        }
        var delay: UInt64 = 0
        let first = reason.prefix { $0 != " " }
        if let milliseconds = DurationText.milliseconds(first) {
            guard milliseconds <= UInt64(UInt32.max) else { return nil }
            delay = milliseconds
            reason = String(reason.dropFirst(first.count)).trimmed
        }
        return HandSettlement(
            number: message.number, connection: message.connection, action: .return(delay: delay), reason: reason)
    }
}
