import Glibc
import NIOCore

/// Reads a file descriptor line by line, in large pieces.
struct LineReader {
    /// How much is read at once, in bytes.
    private static let piece = 64 << 10
    /// The longest line or file that is read, in bytes.
    private static let longest = 64 << 20

    private let descriptor: Int32
    /// For messages.
    private let name: String
    private var buffer = ByteBuffer()
    /// Bytes of `buffer` that are known to hold no line feed.
    private var searched = 0
    private var isAtEnd = false

    /// Reads standard input.
    init() { self.init(descriptor: STDIN_FILENO, name: "standard input") }

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Everything that a file contains.
    ///
    /// - Throws: A ``CommandFailure``, if it cannot be read.
    static func contents(of path: String) throws -> ByteBuffer {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var reader = LineReader(descriptor: descriptor, name: path)
        return try reader.rest()
    }

    /// The next line without its line feed.
    ///
    /// - Returns: nil at the end, or when the command is interrupted.
    mutating func next() throws -> ByteBuffer? {
        while true {
            let view = buffer.readableBytesView.dropFirst(searched)
            if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer.readSlice(length: end - buffer.readerIndex)
                buffer.moveReaderIndex(forwardBy: 1)
                searched = 0
                return line
            }
            searched = buffer.readableBytes
            if isAtEnd {
                searched = 0
                return buffer.readableBytes > 0 ? buffer.readSlice(length: buffer.readableBytes) : nil
            }
            guard try fill() else { return nil }
        }
    }

    /// Everything that is left.
    mutating func rest() throws -> ByteBuffer {
        while !isAtEnd, try fill() {}
        return buffer
    }

    /// - Returns: Whether to look again, as there are more bytes or the end was met; false if the command is interrupted.
    private mutating func fill() throws -> Bool {
        guard waitForInput() else { return false }
        guard buffer.readableBytes <= Self.longest else {
            throw CommandFailure(
                "\(name) has a message of more than \(Self.longest >> 20) MiB, which is longer than a broker takes")
        }
        var next = buffer
        if buffer.readableBytes < Self.piece {
            // A new one: the lines handed out share the old one's memory.
            next = ByteBufferAllocator().buffer(capacity: buffer.readableBytes + Self.piece)
            next.writeImmutableBuffer(buffer)
        }
        // A long line grows where it is, so that it is not copied with each piece.
        buffer = ByteBuffer()
        let descriptor = descriptor
        var problem: Int32 = 0
        let count = next.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.piece) { bytes in
            let count = read(descriptor, bytes.baseAddress, Self.piece)
            if count < 0 { problem = errno }
            return max(count, 0)
        }
        buffer = next
        if problem == EINTR || problem == EAGAIN { return true }
        guard problem == 0 else { throw CommandFailure("cannot read \(name): \(String(cString: strerror(problem)))") }
        if count == 0 { isAtEnd = true }
        return true
    }

    /// - Returns: Whether there is input or its end; false if the command is interrupted.
    private func waitForInput() -> Bool {
        var entries = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: Interruption.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&entries, nfds_t(entries.count), -1)
            if Interruption.wasInterrupted { return false }
            if count > 0 { return true }
            if count < 0, errno != EINTR { return true }
        }
    }
}
