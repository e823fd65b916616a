import Logging
import NIOConcurrencyHelpers
import Synchronization

/// The edge to the log, and to the broker's topic of events. May be used from any thread.
///
/// Nothing is made of what is not told: because of its level, or because there was too much of its kind.
final class BrokerLog: Sendable {
    private let books = NIOLockedValueBox(Books())
    private let logger: Logger
    private let events: ReportStream
    private let clock: @Sendable () -> UInt64
    /// The place of the level among all levels.
    private let levelPlace = Atomic<Int>(0)

    private struct Books {
        var log = LogBook()
        var events = LogBook(most: \.eventsASecond)
    }

    /// - Parameter clock: The time of events, in µs since 1970.
    init(_ logger: Logger, events: ReportStream, clock: @escaping @Sendable () -> UInt64) {
        self.logger = logger
        self.events = events
        self.clock = clock
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

    /// - Parameter isEvent: Whether it is an event, if its kind is.
    func tell(_ kind: LogKind, isEvent: Bool = true, _ entry: () -> LogEntry) {
        let now = Machine.steadyTime()
        let wants = (log: level <= kind.level, event: isEvent && kind.isEvent)
        let before = books.withLockedValue { books in
            (
                log: wants.log ? books.log.admit(kind, now: now) : nil,
                events: wants.event ? books.events.admit(kind, now: now) : nil
            )
        }
        guard before.log != nil || before.events != nil else { return }
        let entry = entry()
        if let lines = before.log { for line in lines + [entry] { write(line) } }
        if let events = before.events { for event in events + [entry] { add(event) } }
    }

    /// Tells what becomes no event: it is about one of the broker's own topics, and an event would make another one.
    func log(_ entry: LogEntry) { tell(entry.kind, isEvent: false) { entry } }

    func tell(_ entry: LogEntry) { tell(entry.kind) { entry } }

    /// Tells how many were left out in a second that is over.
    func secondPassed() { tellLeftOut(now: Machine.steadyTime()) }

    /// Tells what was left out until now.
    func finish() { tellLeftOut(now: .max) }

    private func tellLeftOut(now: UInt64) {
        let (lines, events) = books.withLockedValue { ($0.log.timePassed(now: now), $0.events.timePassed(now: now)) }
        for entry in lines { write(entry) }
        for entry in events { add(entry) }
    }

    private func write(_ entry: LogEntry) {
        var logger = logger
        if logger.logLevel != level { logger.logLevel = level }
        logger.log(level: entry.kind.level, "\(entry.message)", metadata: entry.metadata)
    }

    private func add(_ entry: LogEntry) { events.add(EventReport(entry, time: clock())) }
}
