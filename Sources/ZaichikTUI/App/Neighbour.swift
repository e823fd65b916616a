#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The program `zaichik`, which is installed beside this one.
enum Neighbour {
    static let name = "zaichik"

    /// The folder of this program.
    static var directory: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }

    /// The command for a person at the shell: its name if the shell finds it, else its path beside this program.
    ///
    /// - Parameters:
    ///   - invocation: How this program was called.
    ///   - searchPath: The shell's PATH.
    ///   - current: The current folder; a path below it is told relative to it.
    ///   - isThere: Whether a path is a program.
    static func command(
        invocation: String, directory: String, searchPath: String, current: String, isThere: (String) -> Bool
    ) -> String {
        if searchPath.split(separator: ":").contains(where: { isThere("\($0)/\(name)") }) { return name }
        // As it was called: links in the way, such as .build/release, read better than where they lead.
        let called = invocation.lastIndex(of: "/").map { invocation[...$0] + name }.map(String.init)
        let candidates = [called, "\(directory)/\(name)"].compactMap { $0 }
        guard let path = candidates.first(where: isThere) else { return name }
        return path.hasPrefix(current + "/") ? String(path.dropFirst(current.count + 1)) : path
    }

    static func command(environment: [String: String]) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let current = getcwd(&buffer, buffer.count).map { String(cString: $0) } ?? "/"
        return command(
            invocation: CommandLine.arguments.first ?? "", directory: directory,
            searchPath: environment["PATH"] ?? "", current: current, isThere: { access($0, X_OK) == 0 })
    }
}
