/// A frame's first eight bytes as one number, so that a walk over frames loads them once.
@frozen public struct FrameWord {
    public var bits: UInt64

    /// - Precondition: At least eight bytes can be read.
    @inlinable @inline(__always)
    public init(at frame: UnsafeRawPointer) { bits = UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self)) }

    /// Type and flags at their position in a frame; all other bits are 0.
    @inlinable @inline(__always)
    public init(type: UInt8, flags: UInt8) { bits = UInt64(type) << 32 | UInt64(flags) << 40 }

    /// Bytes of the whole frame, the length field included.
    @inlinable @inline(__always)
    public var frameLength: Int { Int(truncatingIfNeeded: bits & 0xffff_ffff) + 4 }
    @inlinable @inline(__always)
    public var type: UInt8 { UInt8(truncatingIfNeeded: bits >> 32) }
    @inlinable @inline(__always)
    public var short: Int { Int(truncatingIfNeeded: bits >> 48) }
}
