import NIOCore

/// A pause that an operator has ordered: a queue delivers nothing, or a topic takes no publishes.
public struct OperatorPause: Equatable, Sendable {
    /// Who has paused it, such as `client 7 ('ops', 127.0.0.1:4711)`.
    public var by: String
    /// Why, for people; empty: nothing was said.
    public var reason: String
    /// µs since 1970.
    public var since: UInt64
    /// When it ends, in µs since 1970; 0: when it is resumed.
    public var until: UInt64

    public init(by: String, reason: String = "", since: UInt64, until: UInt64 = 0) {
        self.by = by
        self.reason = reason
        self.since = since
        self.until = until
    }
}

/// The fields at the end of CLIENT, SESSION and TOPIC DETAIL. Tags are never used again.
public enum DetailField: UInt8, CaseIterable, Sendable {
    case pause = 1

    public var name: String {
        switch self {
        case .pause: "pause"
        }
    }
}

extension FrameBody {
    /// The fields at the end of a detail. What is no field is passed over, as everything is that a newer broker adds.
    func detailFields() -> [FrameField] {
        var rest = bytes
        return rest.readFields() ?? []
    }
}

extension [FrameField] {
    /// nil if there is none.
    var pause: OperatorPause? {
        guard var value = bytes(DetailField.pause.rawValue),
            let since = value.readInteger(endianness: .little, as: UInt64.self),
            let until = value.readInteger(endianness: .little, as: UInt64.self),
            let by = value.readShortText(), let reason = value.readShortText()
        else { return nil }
        return OperatorPause(by: by, reason: reason, since: since, until: until)
    }
}

extension ByteBuffer {
    /// Writes a pause, if there is one.
    mutating func writeField(_ pause: OperatorPause?) {
        guard let pause else { return }
        writeField(DetailField.pause.rawValue) { buffer in
            buffer.writeLittle(pause.since)
            buffer.writeLittle(pause.until)
            buffer.writeShortString(pause.by)
            buffer.writeShortString(pause.reason)
        }
    }
}
