import Glibc
import NIOConcurrencyHelpers
import Synchronization

/// A part of a test that runs beside it, on a thread of its own.
public final class Worker: Sendable {
    private let task: Task<Void, any Error>
    private let isDone: Done

    private final class Done: Sendable {
        let flag = Atomic<Bool>(false)
        let failure = NIOLockedValueBox<(any Error)?>(nil)
    }

    public init(_ body: @escaping @Sendable () throws -> Void) {
        let done = Done()
        isDone = done
        task = Task(executorPreference: BlockingExecutor.shared) {
            do { try body() } catch { done.failure.withLockedValue { $0 = error } }
            done.flag.store(true, ordering: .sequentiallyConsistent)
        }
    }

    /// Waits for the end of it.
    ///
    /// - Throws: The error that the worker threw.
    public func join(within seconds: Double = 60) throws {
        try eventually("a part of the test to end", within: seconds) {
            isDone.flag.load(ordering: .sequentiallyConsistent)
        }
        if let failure = isDone.failure.withLockedValue({ $0 }) { throw failure }
    }
}

/// The results of workers, each at its own index.
public final class Results<Value: Sendable>: Sendable {
    private let values: NIOLockedValueBox<[Value?]>

    public init(count: Int) { values = NIOLockedValueBox(Array(repeating: nil, count: count)) }

    public func set(_ index: Int, _ value: Value) { values.withLockedValue { $0[index] = value } }

    public var all: [Value] { values.withLockedValue { $0.compactMap { $0 } } }
}
