import NIOCore

/// The headers that a payload begins with, if flag bit 1 says so. docs/PROTOCOL.md, "Headers".
enum MessageHeaders {
    /// `u16 count`, then per header `u16 length, name, u32 length, value`.
    static func areWellFormed(_ payload: ByteBuffer) -> Bool {
        var payload = payload
        guard let count = payload.readInteger(endianness: .little, as: UInt16.self) else { return false }
        for _ in 0..<count {
            guard let name = payload.readInteger(endianness: .little, as: UInt16.self),
                let text = payload.readSlice(length: Int(name)),
                String(validating: text.readableBytesView, as: UTF8.self) != nil,
                let value = payload.readInteger(endianness: .little, as: UInt32.self),
                payload.readSlice(length: Int(value)) != nil
            else { return false }
        }
        return true
    }
}
