import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// The processor time of the longest turn of a loop: all that a client may have to wait for before its input is looked at.
///
/// Kept in the process that serves, as each loop's thread knows its own time exactly. Of another process, the kernel says it
/// as of that one's last tick, which is 4 ms ago at most.
final class TurnClock: NIOEventLoopMetricsDelegate {
    private struct State {
        /// The thread's time at the end of each loop's last turn, in ns.
        var ended: [ObjectIdentifier: UInt64] = [:]
        var longest: UInt64 = 0
    }

    private let state = Mutex(State())

    func processedTick(info: NIOEventLoopTickInfo) {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        state.withLock { state in
            if let before = state.ended.updateValue(now, forKey: info.eventLoopID) {
                state.longest = max(state.longest, now - before)
            }
        }
    }

    /// The longest turn since it was asked last, in ns.
    func takeLongest() -> UInt64 {
        state.withLock { state in
            defer { state.longest = 0 }
            return state.longest
        }
    }
}
