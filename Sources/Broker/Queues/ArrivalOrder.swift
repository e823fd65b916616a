import Synchronization

/// The order in which messages arrive at the broker, over all topics and loops.
///
/// Each run of messages gets a stamp. A loop that is appending has announced a stamp no larger than its run's, so
/// everything below the smallest announced stamp is in the logs: a reader of several topics takes messages up to that
/// stamp only, and gets the same order as every other reader, without a lock.
///
/// The loop clears its announcement after it has posted the wakes of its run. A reader therefore reads the horizon
/// first and its mailbox second, so that it knows of everything below the horizon.
final class ArrivalOrder: Sendable {
    private final class Announcement: Sendable {
        let stamp = Atomic<UInt64>(.max)
        /// Whether a reader on this loop was stopped by the horizon.
        let isStopped = Atomic<Bool>(false)
    }

    private let next = Atomic<UInt64>(1)
    private let announcements: [Announcement]

    init(shards: Int) { announcements = (0..<shards).map { _ in Announcement() } }

    /// A stamp for an event other than a run, such as the accept of a connection.
    func stamp() -> UInt64 { stamps(1) }

    /// The first of so many stamps that follow each other.
    func stamps(_ count: UInt64) -> UInt64 { next.wrappingAdd(count, ordering: .sequentiallyConsistent).oldValue }

    /// Begins to append on a loop.
    ///
    /// - Returns: The run's stamp, or the first one of so many runs that follow each other.
    func begin(shard: Int, runs: UInt64 = 1) -> UInt64 {
        let lowest = next.load(ordering: .sequentiallyConsistent)
        announcements[shard].stamp.store(lowest, ordering: .sequentiallyConsistent)
        return stamps(runs)
    }

    /// Ends what ``begin(shard:)`` began. The wakes have to be posted before.
    ///
    /// - Parameter resume: Called for each loop that has readers stopped by the horizon.
    func end(shard: Int, resume: (Int) -> Void) {
        announcements[shard].stamp.store(.max, ordering: .sequentiallyConsistent)
        for other in announcements.indices where announcements[other].isStopped.load(ordering: .sequentiallyConsistent)
        {
            announcements[other].isStopped.store(false, ordering: .sequentiallyConsistent)
            resume(other)
        }
    }

    /// The stamp below which everything is in the logs.
    var horizon: UInt64 {
        var horizon = next.load(ordering: .sequentiallyConsistent)
        for announcement in announcements {
            horizon = min(horizon, announcement.stamp.load(ordering: .sequentiallyConsistent))
        }
        return horizon
    }

    /// Notes that a reader on the loop was stopped at a horizon.
    ///
    /// - Returns: Whether the horizon has moved since, in which case it is possible that no loop will resume the
    ///   reader.
    func stopped(shard: Int, at horizon: UInt64) -> Bool {
        announcements[shard].isStopped.store(true, ordering: .sequentiallyConsistent)
        return self.horizon > horizon
    }
}
