#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The three descriptors that a program begins with.
public enum StandardDescriptors {
    /// Opens those that the program was started without (`<&-`, `>&-`, `2>&-`). Otherwise the first sockets and files
    /// would get their numbers: what is written for people would go to a client, and what a client sends would be read as
    /// input.
    ///
    /// They are opened the wrong way round, so that reading and writing fail as they do with a closed descriptor, and
    /// nothing is lost silently. Must be called before anything else is opened.
    public static func open() {
        open(STDIN_FILENO, O_WRONLY)
        open(STDOUT_FILENO, O_RDONLY)
        open(STDERR_FILENO, O_RDONLY)
    }

    private static func open(_ number: Int32, _ direction: Int32) {
        guard fcntl(number, F_GETFD) < 0 else { return }
        #if canImport(Glibc)
            let opened = Glibc.open("/dev/null", direction)
        #else
            let opened = Musl.open("/dev/null", direction)
        #endif
        // The lowest free number is taken, and those below are open.
        guard opened == number else {
            preconditionFailure("descriptor \(number) is closed, and /dev/null cannot be opened in its place")
        }
    }
}
