import ZaichikProtocol
import ZaichikWords

/// Deliveries that are settled by hand, and no others.
struct HandSettlement: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        case commit
        /// They come again, not before the delay is over, in ms.
        case `return`(delay: UInt64)
        case park
    }

    var numbers: [UInt64]
    var connection: UInt64
    var action: Action
    /// For whoever gets them next, or looks at what is parked; may be empty.
    var reason = ""

    init(_ numbers: [UInt64], connection: UInt64, action: Action, reason: String = "") {
        self.numbers = numbers
        self.connection = connection
        self.action = action
        self.reason = reason
    }

    init(number: UInt64, connection: UInt64, action: Action, reason: String = "") {
        self.init([number], connection: connection, action: action, reason: reason)
    }

    /// What is typed: a delay if they are to be returned, and a reason; both may be left out.
    ///
    /// - Parameter messages: All of one connection.
    /// - Returns: nil if the delay is longer than a broker takes.
    static func read(_ text: String, _ messages: [ReceivedMessage], isReturn: Bool) -> HandSettlement? {
        let (numbers, connection) = (messages.map(\.number), messages.first?.connection ?? 0)
        var reason = text.trimmed
        guard isReturn else {
            return HandSettlement(numbers, connection: connection, action: .park, reason: reason)
        }
        var delay: UInt64 = 0
        let first = reason.prefix { $0 != " " }
        if let milliseconds = DurationText.milliseconds(first) {
            guard milliseconds <= UInt64(UInt32.max) else { return nil }
            delay = milliseconds
            reason = String(reason.dropFirst(first.count)).trimmed
        }
        return HandSettlement(numbers, connection: connection, action: .return(delay: delay), reason: reason)
    }
}
