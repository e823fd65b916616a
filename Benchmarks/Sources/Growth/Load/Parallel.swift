import Foundation
import Synchronization

/// Blocking work on threads of its own.
enum Parallel {
    private final class Results<R: Sendable>: Sendable {
        let values = Mutex<[Int: Result<R, any Error>]>([:])
    }

    /// Runs all at once, and returns when all have ended.
    static func run<R: Sendable>(_ bodies: [@Sendable () throws -> R]) throws -> [R] {
        let results = Results<R>()
        let ended = DispatchSemaphore(value: 0)
        for (index, body) in bodies.enumerated() {
            Thread.detachNewThread {
                let result = Result { try body() }
                results.values.withLock { $0[index] = result }
                ended.signal()
            }
        }
        for _ in bodies { ended.wait() }
        let values = results.values.withLock { $0 }
        return try bodies.indices.map { try values[$0]!.get() }
    }
}

/// Tells threads to come to an end.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
