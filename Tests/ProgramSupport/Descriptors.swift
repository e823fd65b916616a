import Foundation
import Synchronization

/// Files and pipes for a child's use: no other child that is started at the same moment gets them.
public enum Descriptors {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Held while a child is started, and while there is a descriptor that it should not get.
    static let sharing = Mutex(())

    /// Opens a file, and makes it if it is to be written.
    ///
    /// - Returns: A descriptor that the caller closes.
    public static func open(_ path: String, writes: Bool = false) throws -> Int32 {
        let flags = writes ? O_WRONLY | O_APPEND | O_CREAT : O_RDONLY
        let descriptor = Foundation.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(description: "'\(path)' cannot be opened: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Makes a pipe.
    ///
    /// - Returns: Its two ends, which the caller closes.
    public static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        let isMade = sharing.withLock { _ in
            Foundation.pipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        }
        guard isMade else {
            throw Failure(description: "a pipe cannot be made: \(String(cString: strerror(errno)))")
        }
        return (ends[0], ends[1])
    }
}
