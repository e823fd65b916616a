import Logging
import NIOCore
import ZaichikProtocol

// What operators do.
extension LogEntry {
    /// An act was done: by whom, to what, why, and what went.
    init(acted: Acted, _ order: ActOrder, by client: Logger.Metadata) {
        var metadata = client
        metadata["act"] = "\(order.act)"
        switch order.target {
        case .client(let id): metadata["target_client"] = "\(id)"
        case .session(let name): metadata["target_session"] = .quoted(name.string)
        case .topics(let pattern): metadata["topic"] = .quoted(pattern.string)
        case .broker: break
        }
        metadata.merge(order.values.metadata) { first, _ in first }
        if acted.messages > 0 {
            metadata["messages"] = "\(acted.messages)"
            metadata["bytes"] = "\(acted.bytes)"
        }
        if acted.count > 1 { metadata["count"] = "\(acted.count)" }
        self.init(.acted, metadata)
    }

    /// A queue delivers again, as its pause has come to its end.
    init(ended pause: OperatorPause, of reader: Reader, now: UInt64) {
        var metadata: Logger.Metadata =
            switch (reader.keeper, reader.owner) {
            case (let session as Session, _): session.metadata
            case (_, let connection as Connection): connection.metadata
            default: [:]
            }
        metadata["paused_by"] = .quoted(pause.by)
        metadata["seconds"] = "\((max(now, pause.since) - pause.since) / 1_000_000)"
        if !pause.reason.isEmpty { metadata["reason"] = .quoted(pause.reason) }
        self.init(.pauseEnded, metadata)
    }
}

extension ActValues {
    /// What was asked for; a key is told as text, as far as it is one.
    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        let numbers: [(ActField, UInt64?)] = [
            (.until, until), (.duration, duration), (.window, window), (.windowBytes, windowBytes),
            (.sequence, sequence), (.count, count), (.time, time),
        ]
        for (field, number) in numbers where number != nil { metadata[field.logName] = "\(number!)" }
        if !reason.isEmpty { metadata["reason"] = .quoted(reason) }
        if let topic { metadata["topic"] = .quoted(topic) }
        if let level { metadata["level"] = .quoted(level) }
        if let key { metadata["key"] = .quoted(String(buffer: key).clamped(toUTF8: PeerLimits.reason)) }
        if let start { metadata["start"] = "\(start)" }
        return metadata
    }
}

extension ActField {
    fileprivate var logName: String {
        switch self {
        case .duration: "duration_ms"
        case .windowBytes: "window_bytes"
        case .count: "up_to_messages"
        case .time: "before"
        default: name
        }
    }
}
