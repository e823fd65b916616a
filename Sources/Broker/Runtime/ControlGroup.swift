#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The memory limit of this process's control group: see cgroups(7), and the kernel's cgroup-v2 and cgroup-v1
/// documents.
enum ControlGroup {
    private static let root = "/sys/fs/cgroup"

    /// The files that may have a limit: of the group and of its ancestors, whose limits apply to it too.
    ///
    /// A container often sees its own group as the root while its membership names the path outside; the root is among
    /// them either way.
    ///
    /// - Parameter membership: The text of `/proc/self/cgroup`.
    static func limitFiles(membership: String) -> [String] {
        membership.split(separator: "\n").flatMap { line -> [String] in
            // 0::/path, or NUMBER:controllers:/path in version 1.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let directories = directories(upFrom: fields[2])
            if fields[0] == "0", fields[1].isEmpty {
                return directories.flatMap { ["\(root)\($0)/memory.max", "\(root)\($0)/memory.high"] }
            }
            guard fields[1].split(separator: ",").contains("memory") else { return [] }
            return directories.map { "\(root)/memory\($0)/memory.limit_in_bytes" }
        }
    }

    /// - Returns: The path and its ancestors, the root as an empty text.
    private static func directories(upFrom path: Substring) -> [String] {
        var names = path.split(separator: "/")
        guard !names.contains("..") else { return [""] }
        var directories: [String] = []
        while !names.isEmpty {
            directories.append("/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return directories + [""]
    }

    /// The limit in a file's text, in bytes.
    ///
    /// - Returns: nil if it is `max` or not a number.
    static func limit(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let limit = UInt64(digits), text.dropFirst(digits.count).allSatisfy(\.isWhitespace) else { return nil }
        return Int(clamping: limit)
    }

    /// The memory that a process may use, in bytes: the smallest of the machine's memory and all limits of its groups.
    ///
    /// - Parameter read: Returns the text of a file, or nil if there is no such file.
    static func usableMemory(machine: Int, read: (String) -> String?) -> Int {
        let files = read("/proc/self/cgroup").map(limitFiles) ?? []
        return files.compactMap { read($0).flatMap(limit) }.reduce(machine) { min($0, $1) }
    }
}

extension Machine {
    /// The memory that this process may use, in bytes.
    static var usableMemory: Int { ControlGroup.usableMemory(machine: memory, read: text) }

    /// The text of a short file; nil if it cannot be read.
    private static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
