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
        "\(directory(environment: environment))/\(name(port: port))"
    }

    private static func name(port: Int) -> String { "\(port).pid" }

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

    /// - Returns: nil if there is none, or none that can be read.
    /// - Throws: A ``CommandFailure``, if the file or its directory is not this user's alone.
    static func read(port: Int, environment: [String: String]) throws -> PidFile? {
        try PrivateFile.read(name(port: port), in: directory(environment: environment)).flatMap { PidFile(text: $0) }
    }

    /// Writes the file of a port.
    ///
    /// - Throws: A ``CommandFailure``, if it cannot be written, or the directory is not this user's alone.
    func write(port: Int, environment: [String: String]) throws {
        try PrivateFile.write(text, Self.name(port: port), in: Self.directory(environment: environment))
    }

    /// Removes the file of a port, if it is still ours.
    func remove(port: Int, environment: [String: String]) {
        guard let file = try? Self.read(port: port, environment: environment), file == self else { return }
        PrivateFile.remove(Self.name(port: port), in: Self.directory(environment: environment))
    }

    /// Whether the process lives and is zaichik: the ids of processes are used again.
    var isAlive: Bool {
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        guard let name = FileManager.default.contents(atPath: "/proc/\(pid)/comm") else { return true }
        return String(decoding: name, as: UTF8.self) == "zaichik\n"
    }
}
