#if THREAD_SANITIZER
    import NIOConcurrencyHelpers
#else
    import Synchronization
#endif

/// The lock of one topic, inline: a lock that is an object of its own costs each topic a heap block.
///
/// The thread sanitizer does not see that a `Mutex` orders anything: it waits in the kernel by itself, and not by
/// `pthread_mutex_t`. Builds for the sanitizer (`make test-threads`) have a lock that it knows.
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
                // It leaves the lock: its type need not be sendable, as nothing that the lock guards is shared by it.
                nonisolated(unsafe) let value = body()
                return value
            }
        #endif
    }
}
