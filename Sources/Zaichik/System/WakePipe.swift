import Glibc

/// Wakes code that waits in poll, for good.
final class WakePipe: Sendable {
    /// Readable once it is set.
    let descriptor: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            preconditionFailure("a process that may not open a pipe cannot have connected either")
        }
        (descriptor, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    func set() { _ = write(writeEnd, "!", 1) }
}
