import Synchronization

/// The deadline, at which every offender stops.
final class Deadline: Sendable {
    private let time = Atomic<UInt64>(.max)

    func set(seconds: UInt64) { time.store(Monotonic.now + seconds * 1_000_000_000, ordering: .relaxed) }

    var isOver: Bool { Monotonic.now >= time.load(ordering: .relaxed) }

    /// - Throws: ``OutOfTime``.
    func check() throws { if isOver { throw OutOfTime() } }
}

struct OutOfTime: Error {}
