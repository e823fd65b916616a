import NIOCore

/// What a socket has brought, walked frame by frame where it lies. It grows while reads fill it, up to a megabyte, so
/// that a connection that gets little takes little.
struct InboundBytes {
    private var bytes: [UInt8]
    private var used = 0
    private static let largest = 1 << 20

    init(capacity: Int = 2 << 10) { bytes = Array(repeating: 0, count: capacity) }

    /// Reads once, and hands out the whole frames.
    ///
    /// - Returns: Whether something was there.
    mutating func read(
        from socket: Socket, waits: Bool, frame: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        let from = used
        let read = try bytes.withUnsafeMutableBytes {
            try socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: $0[from...]), waits: waits)
        }
        used += read
        let taken = try bytes.withUnsafeBytes { try Self.walk(UnsafeRawBufferPointer(rebasing: $0[..<used]), frame) }
        let isFull = used == bytes.count
        bytes.withUnsafeMutableBytes { all in
            all.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[taken..<used]))
        }
        used -= taken
        if isFull, bytes.count < Self.largest || taken == 0 {
            bytes.append(contentsOf: repeatElement(0, count: bytes.count))
        }
        return read > 0
    }

    /// - Returns: The bytes of the whole frames at the start.
    private static func walk(
        _ bytes: UnsafeRawBufferPointer, _ frame: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var offset = 0
        while bytes.count - offset >= 8 {
            let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))) + 4
            guard length <= bytes.count - offset else { break }
            try frame(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
            offset += length
        }
        return offset
    }
}
