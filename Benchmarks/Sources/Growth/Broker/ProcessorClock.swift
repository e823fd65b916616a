import Glibc

/// User and system time of all threads of a process so far. The process's own clock is exact; the times of proc(5)
/// come in steps of 10 ms.
struct ProcessorClock: Sendable {
    let process: Int32

    /// In ns.
    var now: UInt64 {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
