import NIOCore

/// The reason that bytes cannot be a classic frame, however many more come.
public enum ClassicError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownKind(UInt32)
    case badOptionalTag(UInt8)
    case notUTF8
    case tooLong(announced: UInt64, limit: Int)
    /// A key for which a native frame has no room.
    case keyTooLong(bytes: Int)

    public var description: String {
        switch self {
        case .unknownKind(let kind): "kind \(kind) is none of 0 to 5"
        case .badOptionalTag(let tag): "an optional begins with 0 or 1, this one with \(tag)"
        case .notUTF8: "a string is not UTF-8"
        case .tooLong(let announced, let limit):
            "a length of \(announced) makes the frame longer than the limit of \(limit) bytes"
        case .keyTooLong(let bytes): "a key has at most \(UInt16.max) bytes, this one has \(bytes)"
        }
    }
}

/// Walks classic frames, which have no outer length: each field says how far it reaches.
public struct ClassicDecoder: Sendable {
    /// The longest frame, in bytes.
    public var limit: Int

    public init(limit: Int) { self.limit = limit }

    /// Measures the frame at the reader index.
    public func measure(_ bytes: ByteBuffer) throws(ClassicError) -> FrameMeasure {
        var walk = Walk(bytes: bytes, limit: limit)
        guard let kind = walk.integer(UInt32.self) else { return .atLeast(4) }
        guard let kind = ClassicFrame.Kind(rawValue: kind) else { throw .unknownKind(kind) }
        switch kind {
        case .closeConnection, .commit: return .complete(4)
        case .subscribe, .unsubscribe:
            guard try walk.pass(string: true) else { return .atLeast(walk.needed) }
        case .createTopic:
            guard try walk.pass(string: true) else { return .atLeast(walk.needed) }
            walk.offset += 16
        case .publish:
            guard try walk.pass(string: true) else { return .atLeast(walk.needed) }
            guard let tag = walk.integer(UInt8.self) else { return .atLeast(walk.offset + 1) }
            guard tag <= 1 else { throw .badOptionalTag(tag) }
            // Messages are kept in the native form, which may be a few bytes longer than the classic one.
            var native = MessageLayout.keyOffset
            if tag == 1 {
                guard try walk.pass(string: true) else { return .atLeast(walk.needed) }
                guard walk.length <= UInt16.max else { throw .keyTooLong(bytes: walk.length) }
                native += walk.length
            }
            guard try walk.pass(string: false) else { return .atLeast(walk.needed) }
            native += walk.length
            guard native <= limit else { throw .tooLong(announced: UInt64(native), limit: limit) }
        }
        guard walk.offset <= limit else { throw .tooLong(announced: UInt64(walk.offset), limit: limit) }
        return .complete(walk.offset)
    }

    /// Reads one whole frame, as measured.
    public func decode(_ bytes: inout ByteBuffer) throws(ClassicError) -> ClassicFrame {
        let number: UInt32 = bytes.classicInteger()
        guard let kind = ClassicFrame.Kind(rawValue: number) else { throw .unknownKind(number) }
        switch kind {
        case .createTopic:
            return .createTopic(
                name: try bytes.classicString(), retention: bytes.classicInteger(),
                deduplicationWindow: bytes.classicInteger())
        case .publish:
            let topic = try bytes.classicString()
            let tag: UInt8 = bytes.classicInteger()
            guard tag <= 1 else { throw .badOptionalTag(tag) }
            var key: ByteBuffer?
            if tag == 1 {
                key = bytes.classicBytes()
                guard let view = key?.readableBytesView, String(validating: view, as: UTF8.self) != nil else {
                    throw .notUTF8
                }
            }
            return .publish(topic: topic, key: key, payload: bytes.classicBytes())
        case .subscribe: return .subscribe(topic: try bytes.classicString())
        case .unsubscribe: return .unsubscribe(topic: try bytes.classicString())
        case .closeConnection: return .closeConnection
        case .commit: return .commit
        }
    }

    private struct Walk {
        let bytes: ByteBuffer
        let limit: Int
        var offset = 0
        /// The number of bytes needed by the field at which the walk stopped.
        var needed = 0
        /// The length of the last field passed.
        var length = 0

        mutating func integer<T: FixedWidthInteger>(_: T.Type) -> T? {
            guard offset <= bytes.readableBytes,
                let value = bytes.getInteger(at: bytes.readerIndex + offset, endianness: .little, as: T.self)
            else { return nil }
            offset += MemoryLayout<T>.size
            return value
        }

        /// Skips a length and the bytes it counts; false if the length has not come yet.
        mutating func pass(string: Bool) throws(ClassicError) -> Bool {
            let start = offset
            guard let length = integer(UInt64.self) else {
                needed = start + 8
                return false
            }
            guard length <= UInt64(limit), Int(length) + offset <= limit else {
                throw .tooLong(announced: length, limit: limit)
            }
            offset += Int(length)
            self.length = Int(length)
            // A text is checked as soon as it has come, without waiting for the rest of its frame.
            if string, offset <= bytes.readableBytes,
                let text = bytes.viewBytes(at: bytes.readerIndex + start + 8, length: Int(length)),
                String(validating: text, as: UTF8.self) == nil
            {
                throw .notUTF8
            }
            return true
        }
    }
}

// Decoding follows measuring, so a missing byte here is a bug in this program.
extension ByteBuffer {
    fileprivate mutating func classicInteger<T: FixedWidthInteger>(_: T.Type = T.self) -> T {
        guard let value = readInteger(endianness: .little, as: T.self) else {
            preconditionFailure("a classic frame is decoded before it was measured")
        }
        return value
    }

    fileprivate mutating func classicBytes() -> ByteBuffer {
        guard let slice = readSlice(length: Int(classicInteger(UInt64.self))) else {
            preconditionFailure("a classic frame is decoded before it was measured")
        }
        return slice
    }

    fileprivate mutating func classicString() throws(ClassicError) -> String {
        let slice = classicBytes()
        guard let text = String(validating: slice.readableBytesView, as: UTF8.self) else { throw .notUTF8 }
        return text
    }
}
