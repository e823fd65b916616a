import Glibc

/// A file that only this user can have written, in a directory that only this user can write to.
///
/// Both are opened without following symbolic links and checked once they are open, so that they cannot be exchanged in
/// between.
enum PrivateFile {
    /// The longest file that is read, in bytes.
    private static let longest = 4096

    /// - Returns: nil if there is no such file.
    /// - Throws: A ``CommandFailure`` that says why the file is not to be trusted.
    static func read(_ name: String, in directory: String) throws -> String? {
        guard let folder = try open(directory: directory) else { return nil }
        defer { close(folder) }
        // Without waiting: it may be a pipe.
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            try checkAbsence("\(directory)/\(name)")
            return nil
        }
        defer { close(file) }
        try check(file, "\(directory)/\(name)", isKind: S_IFREG, "a file")
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = Glibc.read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    /// Writes a file, and makes its directory if it does not exist.
    static func write(_ text: String, _ name: String, in directory: String) throws {
        mkdir(directory, 0o700)
        guard let folder = try open(directory: directory) else {
            throw CommandFailure("cannot make the directory \(directory)")
        }
        defer { close(folder) }
        // The old one is removed, so that neither a link nor a file that another user made is written to.
        unlinkat(folder, name, 0)
        let file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure("cannot write \(directory)/\(name): \(reason)") }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw CommandFailure("cannot write \(directory)/\(name): \(reason)")
        }
    }

    /// Removes a file, if the directory is this user's.
    static func remove(_ name: String, in directory: String) {
        guard let folder = try? open(directory: directory) else { return }
        unlinkat(folder, name, 0)
        close(folder)
    }

    private static func open(directory: String) throws -> Int32? {
        let folder = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else {
            try checkAbsence(directory)
            return nil
        }
        do {
            try check(folder, directory, isKind: S_IFDIR, "a directory")
        } catch {
            close(folder)
            throw error
        }
        return folder
    }

    /// Passes if the file does not exist, as opposed to one that cannot be opened.
    private static func checkAbsence(_ path: String) throws {
        switch errno {
        case ENOENT: return
        // The errors of O_NOFOLLOW and O_DIRECTORY for a link.
        case ELOOP, ENOTDIR: throw distrust(path, "it is a symbolic link, or not of the right kind")
        default: throw distrust(path, reason)
        }
    }

    private static func check(_ descriptor: Int32, _ path: String, isKind kind: UInt32, _ noun: String) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw distrust(path, reason) }
        guard status.st_mode & S_IFMT == kind else { throw distrust(path, "it is not \(noun)") }
        guard status.st_uid == getuid() else { throw distrust(path, "it belongs to user \(status.st_uid)") }
        guard status.st_mode & 0o022 == 0 else { throw distrust(path, "other users can write to it") }
    }

    private static func distrust(_ path: String, _ problem: String) -> CommandFailure {
        CommandFailure("\(path) is not trusted: \(problem). It must belong to this user and be writable by no other")
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
