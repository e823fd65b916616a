import ZaichikProtocol

/// The times that a message asks for in its headers, in ms. docs/PROTOCOL.md, "Headers".
struct MessageTimes: Equatable {
    /// How old a message may be when a reader comes to it; nil if it may be of any age.
    var expireAfter: UInt64?
    /// How long it is kept aside; 0 if it is delivered at once.
    var delay: UInt64 = 0
}

extension MessageTimes {
    /// Reads the age at which a message that is stored is withheld, in µs.
    ///
    /// - Parameter payload: Headers that were judged when the message was published, and what follows them.
    /// - Returns: nil if it may be of any age.
    static func lifetime(in payload: UnsafeRawBufferPointer) -> UInt64? {
        var lifetime: UInt64?
        _ = HeaderWalk.headers(of: payload) { name, value in
            guard name.elementsEqual(MessageHeader.expireAfter.rawValue.utf8) else { return }
            lifetime = MessageHeader.expireAfter.milliseconds(value).map { $0 * 1000 }
        }
        return lifetime
    }
}

/// Goes through the headers at the start of a payload: `u16 count`, then for each `u16 length, name, u32 length,
/// value`.
enum HeaderWalk {
    /// - Returns: Whether the headers are whole; if not, `body` may have been called for some of them.
    static func headers(
        of payload: UnsafeRawBufferPointer,
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var rest = payload
        guard let count = take(UInt16.self, of: &rest) else { return false }
        for _ in 0..<count {
            guard let name = bytes(take(UInt16.self, of: &rest).map(Int.init), of: &rest),
                let value = bytes(take(UInt32.self, of: &rest).map(Int.init), of: &rest)
            else { return false }
            body(name, value)
        }
        return true
    }

    private static func take<T: FixedWidthInteger & BitwiseCopyable>(
        _: T.Type, of rest: inout UnsafeRawBufferPointer
    ) -> T? {
        guard rest.count >= MemoryLayout<T>.size else { return nil }
        let value = T(littleEndian: rest.loadUnaligned(as: T.self))
        rest = UnsafeRawBufferPointer(rebasing: rest[MemoryLayout<T>.size...])
        return value
    }

    private static func bytes(_ count: Int?, of rest: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let count, rest.count >= count else { return nil }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }
}
