import Dispatch
import Glibc
import Synchronization

/// Interruption by Ctrl-C: the first one ends the command in good order, the second one at once.
enum Interruption {
    private static let count = Atomic<Int>(0)
    private static let sources = Mutex<[Source]>([])
    /// Readable from the first interruption on, for code that waits in poll.
    private static let pipe: (read: Int32, write: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return (-1, -1) }
        return (ends[0], ends[1])
    }()

    /// Dispatch's objects are safe to share between threads, but not declared `Sendable`.
    private struct Source: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    static var wasInterrupted: Bool { count.load(ordering: .acquiring) > 0 }
    static var descriptor: Int32 { pipe.read }

    /// Calls `action` at the first interruption.
    static func begin(_ action: @escaping @Sendable () -> Void) {
        let wakeEnd = pipe.write
        watch(SIGINT) {
            guard count.add(1, ordering: .acquiringAndReleasing).newValue == 1 else { _exit(ExitStatus.interrupted) }
            _ = write(wakeEnd, "!", 1)
            action()
        }
    }

    /// Calls `action` for every such signal from now on, outside the signal handler.
    static func watch(_ number: Int32, _ action: @escaping @Sendable () -> Void) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: action)
        source.resume()
        let kept = Source(source: source)
        sources.withLock { $0.append(kept) }
    }
}
