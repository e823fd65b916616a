import FoundationEssentials
import Glibc

/// Tells which process serves a port on this machine, so that `zaichik stop` can find it: one file a port, with the
/// process id and the address, in a directory that only the user can write to.
struct PidFile: Equatable {
    var pid: Int32
    var address: String

    /// Such as /run/user/1000/zaichik, or /tmp/zaichik-1000.
    static func directory(environment: [String: String]) -> String {
        if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty { return "\(runtime)/zaichik" }
        return "/tmp/zaichik-\(getuid())"
    }

    static func path(port: Int, environment: [String: String]) -> String {
        "\(directory(environment: environment))/\(port).pid"
    }

    /// Reads `PID ADDRESS`.
    init?(text: String) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count >= 2, let pid = Int32(parts[0]), pid > 0 else { return nil }
        self.pid = pid
        address = String(parts[1])
    }

    init(pid: Int32, address: String) {
        self.pid = pid
        self.address = address
    }

    var text: String { "\(pid) \(address)\n" }

    static func read(port: Int, environment: [String: String]) -> PidFile? {
        guard let data = FileManager.default.contents(atPath: path(port: port, environment: environment)) else {
            return nil
        }
        return PidFile(text: String(decoding: data, as: UTF8.self))
    }

    /// Writes the file of a port.
    ///
    /// - Throws: A ``CommandFailure``, if the directory is not ours alone.
    func write(port: Int, environment: [String: String]) throws {
        let directory = Self.directory(environment: environment)
        mkdir(directory, 0o700)
        var status = stat()
        guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
            status.st_mode & 0o022 == 0
        else {
            throw CommandFailure(
                "\(directory) is not a directory that only this user can write to; 'zaichik stop' will not find this broker"
            )
        }
        let path = Self.path(port: port, environment: environment)
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw CommandFailure("cannot write \(path); 'zaichik stop' will not find this broker")
        }
    }

    /// Removes the file of a port, if it is still ours.
    func remove(port: Int, environment: [String: String]) {
        guard Self.read(port: port, environment: environment) == self else { return }
        unlink(Self.path(port: port, environment: environment))
    }

    /// Whether the process lives and is a zaichik: numbers of processes are used again.
    var isAlive: Bool {
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        guard let name = FileManager.default.contents(atPath: "/proc/\(pid)/comm") else { return true }
        return String(decoding: name, as: UTF8.self) == "zaichik\n"
    }
}
