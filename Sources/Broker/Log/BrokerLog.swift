import Logging
import NIOConcurrencyHelpers
import Synchronization

/// The edge to the log. May be used from any thread.
///
/// Nothing is made of an event that is not told: because of its level, or because there were too many of its kind.
final class BrokerLog: Sendable {
    private let book = NIOLockedValueBox(LogBook())
    private let logger: Logger
    /// The place of the level among all levels.
    private let levelPlace = Atomic<Int>(0)

    init(_ logger: Logger) {
        self.logger = logger
        level = logger.logLevel
    }

    /// From which level on it writes. May be changed at any time.
    var level: Logger.Level {
        get { Logger.Level.allCases[levelPlace.load(ordering: .relaxed)] }
        set { levelPlace.store(Logger.Level.allCases.firstIndex(of: newValue) ?? 0, ordering: .relaxed) }
    }

    func tell(_ kind: LogKind, _ metadata: @autoclosure () -> Logger.Metadata) {
        tell(kind) { LogEntry(kind, metadata()) }
    }

    func tell(_ kind: LogKind, _ entry: () -> LogEntry) {
        guard level <= kind.level else { return }
        guard let before = book.withLockedValue({ $0.admit(kind, now: Machine.steadyTime()) }) else { return }
        for entry in before { write(entry) }
        write(entry())
    }

    func tell(_ entry: LogEntry) { tell(entry.kind) { entry } }

    /// Tells how many were left out in a second that is over.
    func secondPassed() { tellLeftOut(now: Machine.steadyTime()) }

    /// Tells what was left out until now.
    func finish() { tellLeftOut(now: .max) }

    private func tellLeftOut(now: UInt64) {
        for entry in book.withLockedValue({ $0.timePassed(now: now) }) { write(entry) }
    }

    private func write(_ entry: LogEntry) {
        var logger = logger
        if logger.logLevel != level { logger.logLevel = level }
        logger.log(level: entry.kind.level, "\(entry.message)", metadata: entry.metadata)
    }
}
