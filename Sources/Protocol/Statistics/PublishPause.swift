import NIOCore

/// That a topic takes no publishes, as an operator has decided.
public struct PublishPause: Equatable, Sendable {
    /// Who has paused it, such as `client 7 ('ops', 127.0.0.1:4711)`.
    public var by: String
    /// Why, for people; empty: nothing was said.
    public var reason: String
    /// µs since 1970.
    public var since: UInt64
    /// When it ends, in µs since 1970; 0: when publishes are resumed.
    public var until: UInt64

    public init(by: String, reason: String = "", since: UInt64, until: UInt64 = 0) {
        self.by = by
        self.reason = reason
        self.since = since
        self.until = until
    }
}

/// The fields at the end of TOPIC DETAIL. Tags are never used again.
public enum TopicDetailField: UInt8, CaseIterable, Sendable {
    case pause = 1

    public var name: String { "pause" }
}

extension PublishPause {
    /// - Parameter fields: Those of a TOPIC DETAIL.
    /// - Returns: nil if there is none.
    init?(_ fields: [FrameField]) {
        guard var value = fields.bytes(TopicDetailField.pause.rawValue),
            let since = value.readInteger(endianness: .little, as: UInt64.self),
            let until = value.readInteger(endianness: .little, as: UInt64.self),
            let by = value.readPauseText(), let reason = value.readPauseText()
        else { return nil }
        self.init(by: by, reason: reason, since: since, until: until)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(TopicDetailField.pause.rawValue) { buffer in
            buffer.writeLittle(since)
            buffer.writeLittle(until)
            buffer.writeShortString(by)
            buffer.writeShortString(reason)
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func readPauseText() -> String? {
        guard let length = readInteger(as: UInt8.self) else { return nil }
        return readString(length: Int(length))
    }
}
