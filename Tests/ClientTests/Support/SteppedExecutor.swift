import NIOConcurrencyHelpers

/// Runs tasks only when told, so that a test decides what happens between two of their steps.
final class SteppedExecutor: TaskExecutor {
    private let jobs = NIOLockedValueBox<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLockedValue { $0.append(job) }
    }

    /// Runs all tasks until each of them waits or has ended.
    func run() {
        while let job = jobs.withLockedValue({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
