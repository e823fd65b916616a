import CNcurses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A child process that ends when this program ends, however that happens.
struct ChildProcess {
    /// The file descriptor from which its standard output is read.
    let output: Int32
    private let process: Int32

    /// - Returns: nil if it could not be started.
    init?(_ words: [String]) {
        var output: Int32 = -1
        process = Self.withArguments(words) { zc_spawn($0, &output) }
        self.output = output
        guard process > 0 else { return nil }
    }

    /// Whether it has ended by itself; then nothing is left of it.
    func hasEnded() -> Bool {
        guard waitpid(process, nil, WNOHANG) != 0 else { return false }
        close(output)
        return true
    }

    /// Calls a function with words as C has them, ended by a null pointer.
    static func withArguments<Result>(_ words: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
        let copies: [UnsafeMutablePointer<CChar>?] = words.map { (word: String) in strdup(word) }
        defer { for copy in copies { free(copy) } }
        return body(copies.map { $0.map { UnsafePointer($0) } } + [nil])
    }

    /// Asks it to end, and kills it if it has not ended after so many ms.
    func end(within milliseconds: Int32) {
        zc_end_child(process, milliseconds)
        close(output)
    }
}

/// Sends standard error to a file while the screen is drawn, since its text would appear in the middle of the screen.
enum StandardError {
    static func redirect(to path: String) { zc_redirect_errors(path) }
    static func restore() { zc_redirect_errors(nil) }

    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
