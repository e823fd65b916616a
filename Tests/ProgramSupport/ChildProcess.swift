import Foundation
import Synchronization

/// A process started by a test, with three descriptors of the test's.
///
/// It is not Foundation's `Process`, which crashed at times with many started at once, and waits for everybody
/// who holds a pipe of its own.
public final class ChildProcess: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// What a child reads and writes; the descriptors stay the caller's.
    public struct Standard: Sendable {
        public var input: Int32
        public var output: Int32
        public var errors: Int32

        public init(input: Int32, output: Int32, errors: Int32) {
            self.input = input
            self.output = output
            self.errors = errors
        }
    }

    public var pid: pid_t { life.pid }
    private let life: Life
    private let ends: AsyncStream<Void>

    /// - Parameter program: Its path.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String], standard: Standard
    ) throws {
        let life = Life(pid: try Self.spawn(program, arguments, environment, standard))
        self.life = life
        let (ends, continuation) = AsyncStream<Void>.makeStream()
        self.ends = ends
        life.waiting.enter()
        Thread.detachNewThread {
            life.awaitEnd()
            life.waiting.leave()
            continuation.finish()
        }
    }

    /// Ends it at once if it still runs; the thread that waits for it outlives this.
    deinit { life.signal(SIGKILL) }

    /// Sends a signal, unless it has ended.
    public func signal(_ number: Int32) { life.signal(number) }

    /// Waits for its end.
    ///
    /// - Returns: Its exit code, or 128 and the signal's number as shells do; -1 if the task was cancelled before.
    public func end() async -> Int32 {
        for await _ in ends {}
        return life.status ?? -1
    }

    /// Blocks the thread until its end.
    ///
    /// - Returns: Its exit code, or 128 and the signal's number.
    @discardableResult
    public func waitUntilEnd() -> Int32 {
        life.waiting.wait()
        return life.status ?? -1
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], _ standard: Standard
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standard.input, 0)
        posix_spawn_file_actions_adddup2(&actions, standard.output, 1)
        posix_spawn_file_actions_adddup2(&actions, standard.errors, 2)
        // The threads that tests run on block signals, and NIO ignores one; a program that is started does neither.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { (word: String) in strdup(word) }
        defer { for word in words { free(word) } }
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for variable in variables { free(variable) } }
        var process: pid_t = 0
        let problem = Descriptors.sharing.withLock { _ in
            posix_spawn(&process, program, &actions, &attributes, words + [nil], variables + [nil])
        }
        guard problem == 0 else {
            throw Failure(description: "\(program) cannot be started: \(String(cString: strerror(problem)))")
        }
        return process
    }

    /// What the thread that waits for the process shares with those that hold it.
    private final class Life: Sendable {
        let pid: pid_t
        let waiting = DispatchGroup()
        /// How it ended. While it is nil the number is the process's own, and signals may be sent to it.
        private let end = Mutex<Int32?>(nil)

        init(pid: pid_t) { self.pid = pid }

        var status: Int32? { end.withLock { $0 } }

        func signal(_ number: Int32) {
            end.withLock { if $0 == nil { _ = kill(pid, number) } }
        }

        func awaitEnd() {
            var ended = siginfo_t()
            while waitid(P_PID, id_t(pid), &ended, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            end.withLock {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                $0 = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
            }
        }
    }
}
