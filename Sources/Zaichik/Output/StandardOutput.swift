import Glibc
import NIOCore
import ZaichikWords

/// Standard output was closed by its reader. That is not a failure: the command just ends.
struct OutputClosed: Error {}

/// Gathers standard output and writes it in large pieces.
struct StandardOutput {
    /// How much is gathered before it is written, in bytes.
    private static let threshold = 32 << 10

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether text may be coloured: https://no-color.org.
    static var hasColours: Bool {
        guard isTerminal, getenv("NO_COLOR").map({ $0.pointee == 0 }) ?? true else { return false }
        return getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
    }

    /// The columns of a line; nil if this is not a terminal.
    static var width: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// The lines of the terminal; nil if this is not one.
    static var height: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        return isKnown ? Int(size.ws_row) : 24
    }

    var buffer = ByteBuffer()

    /// Writes if enough has been gathered.
    ///
    /// - Returns: Whether it did.
    /// - Throws: ``OutputClosed``
    mutating func flushIfFull() throws -> Bool {
        guard buffer.readableBytes >= Self.threshold else { return false }
        try flush()
        return true
    }

    mutating func line(_ text: String) {
        buffer.writeString(text)
        buffer.writeInteger(UInt8(ascii: "\n"))
    }

    /// Aligned and no wider than the terminal, if this is one.
    mutating func table(_ table: Table) {
        var table = table
        table.hasColours = Self.hasColours
        for text in table.lines(aligned: Self.isTerminal, width: Self.width) { line(text) }
    }

    /// - Throws: ``OutputClosed``
    mutating func flush() throws {
        while buffer.readableBytes > 0 {
            let written = buffer.withUnsafeReadableBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written >= 0 {
                buffer.moveReaderIndex(forwardBy: written)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var entry = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            case EPIPE: throw OutputClosed()
            default:
                throw CommandFailure(
                    ExitStatus.failure, "cannot write to standard output: \(String(cString: strerror(errno)))")
            }
        }
        buffer.clear(minimumCapacity: Self.threshold)
    }
}

enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a question, which a line of input is to answer.
    static func ask(_ question: String) {
        var text = SafeText.escaped(question) + " "
        text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }

    /// Writes one line, with the program's name.
    static func say(_ message: String) {
        // The message may quote a broker, or any other program that listens in its place.
        var text = "zaichik: \(SafeText.escaped(message, keepsLines: true))\n"
        text.withUTF8 { bytes in
            _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
