import DequeModule
import Dispatch
import Glibc
import Logging
import Synchronization

/// Writes lines from a thread of its own, so that a reader that stops reading, or a disk that hangs, never blocks the
/// threads that log.
///
/// Up to ``capacity`` lines wait. Further ones are dropped and counted, and so are those that cannot be written; their
/// number is written as soon as a line can be.
final class LogWriter: Sendable {
    private struct State {
        var lines = Deque<LogLine>()
        var dropped = 0
        var isWriting = false
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "zaichik.log")
    /// Touched by the thread only; the lock is for the compiler.
    private let sink: Mutex<Sink>

    private let leastLevel = Atomic<Int>(LogWriter.place(of: .notice))

    /// The least level that is logged.
    var level: Logger.Level {
        get { Logger.Level.allCases[leastLevel.load(ordering: .relaxed)] }
        set { leastLevel.store(Self.place(of: newValue), ordering: .relaxed) }
    }

    private static func place(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }

    init(_ output: LogOutput, capacity: Int = 1000) {
        sink = Mutex(Sink(output))
        self.capacity = capacity
    }

    /// Has a line written, or drops it. Never waits for the reader.
    func write(_ line: LogLine) {
        let begins = state.withLock { state in
            guard state.lines.count < capacity else {
                state.dropped += 1
                return false
            }
            state.lines.append(line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { thread.async { self.writeWaiting() } }
    }

    /// Has later lines written in a format.
    func setFormat(_ format: LogFormat) {
        thread.async { self.sink.withLock { $0.format = format } }
    }

    /// Opens the log's file anew after all lines so far, and then calls `done` with what there is to say of it.
    func reopen(_ done: @escaping @Sendable (_ level: Logger.Level, _ message: String) -> Void) {
        thread.async {
            let (level, message) = self.sink.withLock { sink -> (Logger.Level, String) in
                guard let path = sink.output.path else { return (.notice, "SIGHUP: the log has no file to open anew") }
                do {
                    try sink.output.reopen()
                    return (.notice, "SIGHUP: the log file '\(path)' is open anew")
                } catch {
                    let reason = (error as? CommandFailure)?.message ?? "\(error)"
                    return (.error, "SIGHUP: the log goes on in the old file; \(reason)")
                }
            }
            done(level, message)
        }
    }

    /// Waits until everything is written, but not longer than the time given.
    ///
    /// - Returns: Whether everything is written.
    @discardableResult
    func finish(within limit: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        thread.async { done.signal() }
        return done.wait(timeout: .now() + limit / Duration.seconds(1)) == .success
    }

    private func writeWaiting() {
        while let lines = takeWaiting() { sink.withLock { $0.write(lines) } }
    }

    /// Takes the lines that wait.
    ///
    /// - Returns: nil if there are none: the next line begins anew.
    private func takeWaiting() -> [LogLine]? {
        let (lines, dropped) = state.withLock { state in
            defer {
                state.isWriting = !state.lines.isEmpty
                state.lines.removeAll()
                state.dropped = 0
            }
            return (state.lines, state.dropped)
        }
        guard !lines.isEmpty else { return nil }
        // Lines are dropped only while others wait, so these came after all of them.
        return Array(lines) + (dropped > 0 ? [.dropped(dropped)] : [])
    }
}

/// The end of the log that is written to, and what could not be written.
private struct Sink {
    var output: LogOutput
    var format = LogFormat.text
    private var unwritten = (lines: 0, problem: "")

    init(_ output: LogOutput) { self.output = output }

    mutating func write(_ lines: [LogLine]) {
        let note = unwritten.lines > 0 ? [LogLine.unwritten(unwritten.lines, unwritten.problem)] : []
        let text = (note + lines).map { $0.text(format) + "\n" }.joined()
        guard let failed = output.write(text) else { return unwritten = (0, "") }
        // If not even the note was written, its lines are still to be told.
        let untold = failed.lines > lines.count ? unwritten.lines : 0
        unwritten = (untold + min(failed.lines, lines.count), failed.problem)
    }
}
