import NIOCore

/// One of the optional values at the end of a body: `tag, length, bytes`.
typealias FrameField = (tag: UInt8, bytes: ByteBuffer)

/// The fields of the TOPIC that the broker sends, and of the OK to CREATE TOPIC.
public enum TopicField: UInt8, CaseIterable, Sendable {
    case incarnation = 1

    public var name: String { "incarnation" }
}

/// The fields of SUBSCRIBE. A broker refuses those that it does not know.
public enum SubscribeField: UInt8, CaseIterable, Sendable {
    case incarnation = 1
    case options = 2
    /// The start of a subscription with start 5 if there is nothing to continue.
    case fallback = 3

    public var name: String {
        switch self {
        case .incarnation: "incarnation"
        case .options: "options"
        case .fallback: "fallback"
        }
    }
}

/// The fields of SEEK. A broker refuses those that it does not know.
public enum SeekField: UInt8, CaseIterable, Sendable {
    case session = 1
    case incarnation = 2

    public var name: String {
        switch self {
        case .session: "session"
        case .incarnation: "incarnation"
        }
    }
}

/// The fields of PEEK. A broker refuses those that it does not know.
public enum PeekField: UInt8, CaseIterable, Sendable {
    case topic = 1
    case start = 2

    public var name: String {
        switch self {
        case .topic: "topic"
        case .start: "start"
        }
    }
}

/// The fields of DELETE TOPIC, and of the OK to CREATE SESSION. A broker refuses those that it does not know.
public enum IncarnationField: UInt8, CaseIterable, Sendable {
    case incarnation = 1

    public var name: String { "incarnation" }
}

/// The fields of WELCOME.
public enum WelcomeField: UInt8, CaseIterable, Sendable {
    case incarnation = 1
    /// As often as the broker has capabilities.
    case capability = 2
    case session = 3
    case producer = 4
    case producerRecord = 5

    public var name: String {
        switch self {
        case .incarnation: "incarnation"
        case .capability: "capability"
        case .session: "session"
        case .producer: "producer"
        case .producerRecord: "producer record"
        }
    }
}

extension [FrameField] {
    /// The last u64 with a tag; nil if there is none.
    func number(_ tag: UInt8) -> UInt64? { bytes(tag)?.wholeInteger(UInt64.self) }

    /// The last value with a tag; nil if there is none.
    func bytes(_ tag: UInt8) -> ByteBuffer? { last { $0.tag == tag }?.bytes }
}

extension ByteBuffer {
    /// Reads fields up to the end.
    ///
    /// - Returns: nil if the last one is cut off.
    mutating func readFields() -> [FrameField]? {
        var fields: [FrameField] = []
        while readableBytes > 0 {
            guard let tag = readInteger(as: UInt8.self), let length = readInteger(endianness: .little, as: UInt16.self),
                let bytes = readSlice(length: Int(length))
            else { return nil }
            fields.append((tag, bytes))
        }
        return fields
    }

    /// All bytes as an integer; nil if there are more or fewer than it has.
    func wholeInteger<T: FixedWidthInteger>(_: T.Type) -> T? {
        guard readableBytes == MemoryLayout<T>.size else { return nil }
        return getInteger(at: readerIndex, endianness: .little)
    }

    /// Writes a text. An empty one is left out, and one that is too long is cut at a character.
    mutating func writeField(_ tag: UInt8, _ text: String) {
        let cut = text.clamped(toUTF8: FrameLimits.helloText)
        guard !cut.isEmpty else { return }
        writeInteger(tag)
        writeLittle(UInt16(cut.utf8.count))
        writeString(cut)
    }

    /// Writes a number, unless it is nil.
    mutating func writeField(_ tag: UInt8, _ number: UInt64?) {
        guard let number else { return }
        writeField(tag) { $0.writeLittle(number) }
    }

    /// Writes a start and its argument.
    mutating func writeField(_ tag: UInt8, _ start: StartPosition) {
        writeField(tag) { buffer in
            buffer.writeInteger(start.wire.start)
            buffer.writeLittle(start.wire.argument)
        }
    }

    /// Writes what `value` writes, which has at most 65,535 bytes.
    mutating func writeField(_ tag: UInt8, value: (inout ByteBuffer) -> Void) {
        writeInteger(tag)
        let start = writerIndex
        writeLittle(UInt16(0))
        value(&self)
        setInteger(UInt16(writerIndex - start - 2), at: start, endianness: .little)
    }
}
