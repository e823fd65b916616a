import Glibc

/// Runs each job on a thread of its own, so that a test may block in a socket without taking a thread from the pool
/// that the others need to continue.
final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()

    private final class Work {
        let job: UnownedJob
        init(job: UnownedJob) { self.job = job }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let work = Unmanaged.passRetained(Work(job: UnownedJob(job)))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
                work.job.runSynchronously(on: BlockingExecutor.shared.asUnownedTaskExecutor())
                return nil
            }, work.toOpaque())
        precondition(failure == 0, "no thread for a test: \(failure)")
        pthread_attr_destroy(&attributes)
    }
}

/// How many tests may have a broker at once: the machine is small, and a deadline is meant for a broker that works,
/// not for one that waits for its turn.
actor Turnstile {
    static let shared = Turnstile(places: 6)

    private let places: Int
    private var free: Int
    private var waiting: [(places: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(places: Int) {
        self.places = places
        free = places
    }

    func enter(alone: Bool) async {
        let wanted = alone ? places : 1
        if waiting.isEmpty, free >= wanted {
            free -= wanted
        } else {
            await withCheckedContinuation { waiting.append((wanted, $0)) }
        }
    }

    func leave(alone: Bool) {
        free += alone ? places : 1
        while let first = waiting.first, free >= first.places {
            waiting.removeFirst()
            free -= first.places
            first.continuation.resume()
        }
    }
}
