import Dispatch
import Glibc
import Synchronization

/// Interruption by Ctrl-C or SIGTERM: the first one ends the command in good order, the second one at once.
enum Interruption {
    /// The number of the first signal; 0 before.
    private static let first = Atomic<Int32>(0)
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

    static var wasInterrupted: Bool { status != nil }
    /// The exit code of a command that a signal ended, as shells tell it; nil if none came.
    static var status: Int32? {
        let number = first.load(ordering: .acquiring)
        return number == 0 ? nil : 128 + number
    }
    static var descriptor: Int32 { pipe.read }

    /// Calls `action` at the first interruption.
    static func begin(_ action: @escaping @Sendable () -> Void) {
        let wakeEnd = pipe.write
        for number in [SIGINT, SIGTERM] {
            watch(number) {
                guard first.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing).exchanged
                else { _exit(128 + number) }
                _ = write(wakeEnd, "!", 1)
                action()
            }
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
