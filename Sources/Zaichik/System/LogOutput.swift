import Glibc

/// Where the log goes: a file, or a descriptor such as standard error. Used by one thread.
struct LogOutput {
    /// nil for a descriptor that was open already.
    let path: String?
    private var descriptor: Int32
    /// Whether a line was left unfinished, because writing failed in its middle.
    private var isInLine = false

    init(descriptor: Int32) {
        path = nil
        self.descriptor = descriptor
    }

    /// Opens a file, or creates it, to append to it.
    ///
    /// - Throws: A ``CommandFailure`` that says why it cannot be opened.
    init(path: String) throws {
        self.path = path
        descriptor = try Self.open(path)
    }

    private static func open(_ path: String) throws -> Int32 {
        // Without waiting: it may be a pipe without a reader.
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o640)
        guard descriptor >= 0 else {
            throw CommandFailure(
                """
                cannot open the log file '\(path)': \(String(cString: strerror(errno))). Its directory has to exist, \
                and this user has to be allowed to write there
                """)
        }
        return descriptor
    }

    /// Opens the file anew: it may have been renamed.
    ///
    /// - Throws: A ``CommandFailure``, in which case the old one is kept.
    mutating func reopen() throws {
        guard let path else { return }
        let old = descriptor
        descriptor = try Self.open(path)
        close(old)
        isInLine = false
    }

    /// Writes lines, and waits for a reader if need be.
    ///
    /// - Returns: How many were not written because of an error, and the error; nil if all were.
    mutating func write(_ text: String) -> (lines: Int, problem: String)? {
        var text = isInLine ? "\n" + text : text
        let (rest, problem) = text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if errno == EAGAIN {
                    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&entry, 1, -1)
                } else if errno != EINTR {
                    return (rest.count, errno)
                }
            }
            return (0, 0)
        }
        let bytes = text.utf8
        let newline = UInt8(ascii: "\n")
        if rest < bytes.count { isInLine = bytes.dropLast(rest).last != newline }
        guard rest > 0 else { return nil }
        return (bytes.suffix(rest).count { $0 == newline }, String(cString: strerror(problem)))
    }
}
