import FoundationEssentials
import Glibc

/// Finds out from /proc which brokers of this user listen where.
enum PortOwner {
    /// The zaichik processes that listen on a port.
    static func brokers(port: Int) -> [Int32] {
        let sockets = listeners(port: port)
        guard !sockets.isEmpty, let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else {
            return []
        }
        return entries.compactMap { Int32($0) }.filter { pid in
            contents("/proc/\(pid)/comm") == "zaichik\n" && holds(pid, sockets)
        }
    }

    /// Whether a process listens on any port.
    static func isListening(_ pid: Int32) -> Bool { holds(pid, listeners(port: nil)) }

    private static func listeners(port: Int?) -> Set<String> {
        Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { inodes(listing: contents($0), port: port) })
    }

    /// The inodes of this user's sockets that listen, from the lines of /proc/net/tcp.
    ///
    /// - Parameter port: nil: on any port.
    static func inodes(listing: String, port: Int?, user: UInt32 = getuid()) -> [String] {
        listing.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", fields[7] == String(user),
                let digits = fields[1].split(separator: ":").last, port == nil || Int(digits, radix: 16) == port
            else { return nil }
            return String(fields[9])
        }
    }

    /// Whether a process has one of the sockets open.
    private static func holds(_ pid: Int32, _ inodes: Set<String>) -> Bool {
        let folder = "/proc/\(pid)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return descriptors.contains { descriptor in
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)"),
                target.hasPrefix("socket:[")
            else { return false }
            return inodes.contains(String(target.dropFirst("socket:[".count).dropLast()))
        }
    }

    private static func contents(_ path: String) -> String {
        // Files of /proc have no size, so they are read to their end.
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { text += piece.prefix(count) }
        return String(decoding: text, as: UTF8.self)
    }
}
