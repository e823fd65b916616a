import Foundation
import Glibc
import Synchronization

/// Blocking work on threads of its own.
enum Parallel {
    private final class Outcome<R: Sendable>: Sendable {
        let value = Mutex<Result<R, any Error>?>(nil)
    }

    /// Starts one.
    ///
    /// - Parameter isPolite: Whether it leaves the cores to those whose time is measured.
    /// - Returns: Waits for its end.
    static func start<R: Sendable>(isPolite: Bool = false, _ body: @escaping @Sendable () throws -> R) -> () throws -> R
    {
        let outcome = Outcome<R>()
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            if isPolite { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15) }
            let result = Result { try body() }
            outcome.value.withLock { $0 = result }
            ended.signal()
        }
        return {
            ended.wait()
            return try outcome.value.withLock { $0 }!.get()
        }
    }

    /// Runs all at once, and returns when all have ended.
    static func run<R: Sendable>(_ bodies: [@Sendable () throws -> R]) throws -> [R] {
        try bodies.map { start($0) }.map { try $0() }
    }
}

/// Tells threads to come to an end.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}

/// A value that threads share.
final class Shared<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: sending Value) { content = Mutex(value) }

    var value: Value { content.withLock { $0 } }
    func change(_ body: (inout sending Value) -> Void) { content.withLock { body(&$0) } }
}
