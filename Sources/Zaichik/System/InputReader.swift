import Glibc
import NIOCore
import ZaichikWords

/// Reads a file descriptor in large pieces, as a whole or message by message.
struct InputReader {
    /// How much is read at once, in bytes.
    private static let piece = 64 << 10

    private let descriptor: Int32
    /// For messages.
    private let name: String
    private let delimiter: UInt8
    /// Ends the waiting for input.
    private let end: WakePipe?
    private var buffer = ByteBuffer()
    /// Bytes of `buffer` that are known to hold no delimiter.
    private var searched = 0
    private var isAtEnd = false

    /// Reads standard input.
    ///
    /// - Parameters:
    ///   - delimiter: The byte that ends each message.
    ///   - end: Ends the reading where it would have to wait.
    init(delimiter: UInt8 = UInt8(ascii: "\n"), end: WakePipe? = nil) {
        self.init(descriptor: STDIN_FILENO, name: "standard input", delimiter: delimiter, end: end)
    }

    /// Reads a file.
    ///
    /// - Throws: A ``CommandFailure``, if it cannot be read.
    init(path: [UInt8], end: WakePipe? = nil) throws {
        self.init(descriptor: try Self.open(path), name: Self.shown(path), end: end)
    }

    private init(
        descriptor: Int32, name: String, delimiter: UInt8 = UInt8(ascii: "\n"), end: WakePipe? = nil
    ) {
        self.descriptor = descriptor
        self.name = name
        self.delimiter = delimiter
        self.end = end
    }

    /// Everything that a file contains.
    ///
    /// - Parameters:
    ///   - path: Any bytes.
    ///   - limit: The most that it may contain, in bytes.
    /// - Returns: nil if the command is interrupted.
    /// - Throws: A ``CommandFailure``, if it cannot be read or contains more.
    static func contents(of path: [UInt8], limit: Int) throws -> ByteBuffer? {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var reader = InputReader(descriptor: descriptor, name: shown(path))
        return try reader.rest(limit: limit)
    }

    /// Finds out whether a file can be read, before anything else is done.
    ///
    /// - Throws: A ``CommandFailure``, if it cannot.
    static func check(_ path: [UInt8]) throws {
        var status = stat()
        // Not opened: a pipe would wait for its writer.
        let problem = withPath(path) { path in
            access(path, R_OK) != 0 || stat(path, &status) != 0 ? errno : 0
        }
        let isFolder = problem == 0 && status.st_mode & S_IFMT == S_IFDIR
        if problem != 0 || isFolder { throw unreadable(shown(path), isFolder ? EISDIR : problem) }
    }

    private static func open(_ path: [UInt8]) throws -> Int32 {
        let descriptor = withPath(path) { Glibc.open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw unreadable(shown(path), errno) }
        return descriptor
    }

    private static func withPath<R>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> R) -> R {
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    private static func unreadable(_ name: String, _ problem: Int32) -> CommandFailure {
        let reason = problem == EBADF ? "it is closed" : String(cString: strerror(problem))
        return CommandFailure("cannot read \(name): \(reason)")
    }

    private static func shown(_ path: [UInt8]) -> String { SafeText.escaped(SafeText.text(path)) }

    /// The next message without its delimiter.
    ///
    /// - Parameter limit: The longest message that is read, in bytes.
    /// - Returns: nil at the end, or when the command is interrupted or the reading is ended.
    /// - Throws: ``TooLong``, or a ``CommandFailure`` if there is no more to be read.
    mutating func next(limit: Int) throws -> ByteBuffer? {
        while true {
            let view = buffer.readableBytesView.dropFirst(searched)
            if let end = view.firstIndex(of: delimiter) {
                let length = end - buffer.readerIndex
                guard length <= limit else { throw TooLong(limit: limit) }
                let line = buffer.readSlice(length: length)
                buffer.moveReaderIndex(forwardBy: 1)
                searched = 0
                return line
            }
            searched = buffer.readableBytes
            guard searched <= limit else { throw TooLong(limit: limit) }
            if isAtEnd {
                searched = 0
                return buffer.readableBytes > 0 ? buffer.readSlice(length: buffer.readableBytes) : nil
            }
            guard try fill() else { return nil }
        }
    }

    /// Everything that is left.
    ///
    /// - Parameter limit: The most that it may be, in bytes.
    /// - Returns: nil if the command is interrupted.
    /// - Throws: A ``CommandFailure``, if it cannot be read or is more.
    mutating func rest(limit: Int) throws -> ByteBuffer? {
        while !isAtEnd {
            guard try fill() else { return nil }
            guard buffer.readableBytes <= limit else { throw CommandFailure("\(name) \(TooLong(limit: limit))") }
        }
        return buffer
    }

    /// There is a message that is longer than the broker takes. No more of it was read than shows that.
    struct TooLong: Error, CustomStringConvertible {
        var limit: Int

        var description: String { "has more than \(limit) bytes, the longest message that this broker takes" }
    }

    /// - Returns: Whether to look again, as there are more bytes or the end was met; false if the command is interrupted.
    private mutating func fill() throws -> Bool {
        guard waitForInput() else { return false }
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
        guard problem == 0 else { throw Self.unreadable(name, problem) }
        if count == 0 { isAtEnd = true }
        return true
    }

    /// - Returns: Whether there is input or its end; false if the command is interrupted or the reading is ended.
    private func waitForInput() -> Bool {
        var entries = [descriptor, Interruption.descriptor, end?.descriptor ?? -1].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while true {
            let count = poll(&entries, nfds_t(entries.count), -1)
            if Interruption.wasInterrupted || entries[2].revents != 0 { return false }
            if count > 0 { return true }
            if count < 0, errno != EINTR { return true }
        }
    }
}
