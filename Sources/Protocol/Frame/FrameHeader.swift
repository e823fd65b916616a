import NIOCore

/// The eight bytes before every body of the native dialect. Integers are little-endian.
///
///     0        4      5      6        8
///     ┌────────┬──────┬──────┬────────┬────────
///     │ length │ type │flags │ short  │ body …
///     └────────┴──────┴──────┴────────┴────────
///       u32      u8     u8     u16
///
/// `length` counts what follows it, so a frame has `length + 4` bytes. docs/PROTOCOL.md, "Framing".
public struct FrameHeader: Equatable, Sendable {
    /// Bytes of a frame without a body.
    @inlinable public static var size: Int { 8 }
    /// Bytes of the length field, which does not count itself.
    @inlinable public static var lengthSize: Int { 4 }

    /// Bytes of the whole frame, the length field included.
    public var frameLength: Int
    public var type: UInt8
    public var flags: UInt8
    public var short: UInt16

    /// Reads the header without consuming it.
    public init?(peeking buffer: ByteBuffer) {
        let index = buffer.readerIndex
        guard
            let length = buffer.getInteger(at: index, endianness: .little, as: UInt32.self),
            let type = buffer.getInteger(at: index + 4, as: UInt8.self),
            let flags = buffer.getInteger(at: index + 5, as: UInt8.self),
            let short = buffer.getInteger(at: index + 6, endianness: .little, as: UInt16.self)
        else { return nil }
        frameLength = Int(length) + Self.lengthSize
        self.type = type
        self.flags = flags
        self.short = short
    }

    /// Whether a PING or PONG is about a sign of life.
    var isAtOnce: Bool { flags & PingFlags.atOnce != 0 }

    /// The types of requests that administer, those of later versions included.
    static let administration: ClosedRange<UInt8> = 0x30...0x5F

    /// The request id of a frame whose type is not known.
    ///
    /// - Returns: 0 if it is no request, or too short to have an id.
    func requestOfUnknown(in frame: ByteBuffer) -> UInt32 {
        guard Self.administration.contains(type), frameLength >= Self.size + 4 else { return 0 }
        return frame.getInteger(at: frame.readerIndex + Self.size, endianness: .little, as: UInt32.self) ?? 0
    }
}

/// Limits on what a connection may send, in bytes.
public enum FrameLimits {
    /// The longest frame before WELCOME, the length field included.
    public static let beforeWelcome = 64 << 10
    /// The longest frame after WELCOME, by default.
    public static let standard = 8 << 20
    /// The range in which a broker may set the longest frame after WELCOME: a row of a list always fits.
    public static let choices = 8 << 10...1 << 30
    /// The largest window that is granted; more is clamped.
    public static let window: UInt32 = 1 << 20
    /// The longest text of HELLO that is kept; more is cut at a character.
    public static let helloText = 255
}

/// The preface of the native dialect: seven letters and the version.
public enum Preface {
    public static let letters: [UInt8] = Array("ZAICHIK".utf8)
    public static let version: UInt8 = 2
    public static let bytes: [UInt8] = letters + [version]
}
