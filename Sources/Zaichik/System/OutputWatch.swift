import Dispatch
import Glibc

/// Notices that the reader of standard output has gone, also while there is nothing to write.
enum OutputWatch {
    /// Calls `action` once when the pipe or socket that is standard output has lost its reader.
    static func begin(_ action: @escaping @Sendable () -> Void) {
        var status = stat()
        guard fstat(STDOUT_FILENO, &status) == 0, [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else { return }
        DispatchQueue.global().async {
            var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            while true {
                let count = poll(&entry, 1, -1)
                if count > 0 { return action() }
                if count < 0, errno != EINTR { return }
            }
        }
    }
}
