#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Small files of text, read and written whole.
enum TextFile {
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// A file that is longer is not one of ours.
    private static let mostBytes = 4 << 20

    /// - Returns: nil if there is no such file.
    static func read(_ path: String) throws(Problem) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Problem(description: "cannot read '\(path)': \(reason(errno))")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = readPart(file, &part, part.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Problem(description: "cannot read '\(path)': \(reason(errno))") }
            bytes += part.prefix(count)
            guard bytes.count <= mostBytes else {
                throw Problem(description: "'\(path)' is too long for a text of ours")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(description: "'\(path)' is not UTF-8; save the file as UTF-8")
        }
        return text
    }

    /// Writes a file in place of the one before, so that there is always a whole one. Only this user can read it.
    static func write(_ text: String, to path: String) throws(Problem) {
        makeDirectory(of: path)
        let new = "\(path).\(getpid())"
        let file = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Problem(description: "cannot write '\(path)': \(reason(errno))") }
        var left = Array(text.utf8)[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { writePart(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let problem = Problem(description: "cannot write '\(path)': \(reason(errno))")
                close(file)
                unlink(new)
                throw problem
            }
            left.removeFirst(count)
        }
        close(file)
        guard rename(new, path) == 0 else {
            let problem = Problem(description: "cannot write '\(path)': \(reason(errno))")
            unlink(new)
            throw problem
        }
    }

    static func makeDirectory(of path: String) {
        var directory = ""
        for part in path.split(separator: "/").dropLast() {
            directory += "/\(part)"
            mkdir(directory, 0o700)
        }
    }

    private static func readPart(_ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer, count)
        #else
            Musl.read(file, buffer, count)
        #endif
    }

    private static func writePart(_ file: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, buffer, count)
        #else
            Musl.write(file, buffer, count)
        #endif
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
