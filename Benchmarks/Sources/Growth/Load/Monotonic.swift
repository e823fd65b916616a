import Glibc

/// The machine's clock that never goes back, in ns: two calls cost less than what is measured between them.
enum Monotonic {
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Sleeps until a time; at once, if it is over.
    static func sleep(until time: UInt64) {
        var until = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nil) == EINTR {}
    }

    static func sleep(milliseconds: UInt64) { sleep(until: now + milliseconds * 1_000_000) }
}
