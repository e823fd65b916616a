import CNcurses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program that ends when this one does, however that happens.
struct ChildProcess {
    /// Where its standard output can be read.
    let output: Int32
    private let process: Int32

    /// Nothing, if it could not be started.
    init?(_ words: [String]) {
        let copies: [UnsafeMutablePointer<CChar>?] = words.map { (word: String) in strdup(word) }
        defer { for copy in copies { free(copy) } }
        let arguments: [UnsafePointer<CChar>?] = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        var output: Int32 = -1
        process = zc_spawn(arguments, &output)
        self.output = output
        guard process > 0 else { return nil }
    }

    /// Asks it to end, and ends it when it has not done so in this many ms.
    func end(within milliseconds: Int32) {
        zc_end_child(process, milliseconds)
        close(output)
    }
}

/// Where standard error goes while the screen is drawn: what is written to it would stand in the middle of it.
enum StandardError {
    static func redirect(to path: String) { zc_redirect_errors(path) }
    static func restore() { zc_redirect_errors(nil) }
}
