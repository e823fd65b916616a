#if THREAD_SANITIZER
    import NIOConcurrencyHelpers
#else
    import Synchronization
#endif

/// The lock of one topic, inline: a lock that is an object of its own costs each topic a heap block.
///
/// The thread sanitizer does not understand `Mutex`, which waits in the kernel by itself and does not use
/// `pthread_mutex_t`. Builds for the sanitizer (`make test-threads`) use a lock that it knows.
struct TopicLock: ~Copyable, Sendable {
    #if THREAD_SANITIZER
        private let lock = NIOLock()
    #else
        private let lock = Mutex(())
    #endif

    init() {}

    @inline(__always)
    borrowing func withLock<R>(_ body: () -> R) -> R {
        #if THREAD_SANITIZER
            lock.withLock(body)
        #else
            lock.withLock { _ in
                // The result leaves the lock. Its type need not be sendable, as it shares none of the state that the
                // lock guards.
                nonisolated(unsafe) let value = body()
                return value
            }
        #endif
    }
}
