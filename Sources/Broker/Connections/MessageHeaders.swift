import NIOCore

/// The headers that a payload begins with, if flag bit 1 says so. docs/PROTOCOL.md, "Headers".
enum MessageHeaders {
    enum Verdict: Equatable {
        case fine
        case malformed
        /// A header asks the broker for something that it does not know.
        case unknown(name: String)
    }

    /// The first byte of names by which a message asks the broker for something. None has a meaning yet.
    private static let reserved = UInt8(ascii: "$")

    /// `u16 count`, then per header `u16 length, name, u32 length, value`.
    static func judge(_ payload: ByteBuffer) -> Verdict {
        var payload = payload
        var unknown: String?
        guard let count = payload.readInteger(endianness: .little, as: UInt16.self) else { return .malformed }
        for _ in 0..<count {
            guard let length = payload.readInteger(endianness: .little, as: UInt16.self),
                let bytes = payload.readSlice(length: Int(length)),
                let name = String(validating: bytes.readableBytesView, as: UTF8.self),
                let value = payload.readInteger(endianness: .little, as: UInt32.self),
                payload.readSlice(length: Int(value)) != nil
            else { return .malformed }
            if unknown == nil, name.utf8.first == reserved { unknown = name }
        }
        return unknown.map { .unknown(name: $0) } ?? .fine
    }
}
