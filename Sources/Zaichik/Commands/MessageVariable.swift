import FoundationEssentials
import NIOCore
import ZaichikClient
import ZaichikProtocol

/// What the environment of a command of `sub --exec` has of its message. The only table of these names.
enum MessageVariable: String, CaseIterable {
    case topic = "ZAICHIK_TOPIC"
    case key = "ZAICHIK_KEY"
    case encodedKey = "ZAICHIK_KEY_BASE64"
    case sequence = "ZAICHIK_SEQUENCE"
    case timestamp = "ZAICHIK_TIMESTAMP"
    case attempt = "ZAICHIK_ATTEMPT"
    case reason = "ZAICHIK_REASON"
    case session = "ZAICHIK_SESSION"

    var summary: String {
        switch self {
        case .topic: "the topic's name"
        case .key: "the key; not set without one, or if it has a NUL byte"
        case .encodedKey: "the key in base64; not set without one"
        case .sequence: "the topic's number for the message"
        case .timestamp: "when the broker accepted it, in µs since 1970"
        case .attempt: "which delivery of the message this is, from 1"
        case .reason: "why it was returned the last time; else empty"
        case .session: "the session's name; not set without one"
        }
    }

    /// All that are set for a message, as `NAME=VALUE`.
    ///
    /// - Parameter session: The session's name; nil for a queue that ends with its connection.
    static func all(of delivery: Delivery, session: String?) -> [[UInt8]] {
        allCases.compactMap { variable in
            variable.value(of: delivery, session).map { Array("\(variable.rawValue)=".utf8) + $0 }
        }
    }

    /// A table for help.
    static let table: String = {
        let width = allCases.map(\.rawValue.count).max() ?? 0
        return allCases.map { variable in
            "  " + variable.rawValue.padding(to: width + 2) + variable.summary
        }.joined(separator: "\n")
    }()

    /// - Returns: nil if it is not set.
    private func value(of delivery: Delivery, _ session: String?) -> [UInt8]? {
        switch self {
        case .topic: Array(delivery.topic.string.utf8)
        case .key: delivery.key.map { Array($0.readableBytesView) }.flatMap { $0.contains(0) ? nil : $0 }
        case .encodedKey: delivery.key.map { Array(Data($0.readableBytesView).base64EncodedString().utf8) }
        case .sequence: Array(String(delivery.sequence).utf8)
        case .timestamp: Array(String(delivery.timestamp).utf8)
        case .attempt: Array(String(delivery.attempt).utf8)
        case .reason: delivery.reason.utf8.filter { $0 != 0 }
        case .session: session.map { Array($0.utf8) }
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
}
