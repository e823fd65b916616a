import Logging
import NIOConcurrencyHelpers

/// The lines that a broker logs, kept for a test.
public final class RecordedLog: Sendable {
    public struct Line: Sendable, CustomStringConvertible {
        public var level: Logger.Level
        public var message: String
        public var metadata: [String: String]

        public var description: String { "\(level) \(message) \(metadata.sorted { $0.key < $1.key })" }
    }

    private let kept = NIOLockedValueBox<[Line]>([])

    public init() {}

    public var lines: [Line] { kept.withLockedValue { $0 } }

    /// The lines with a message that begins like this.
    public func lines(_ beginning: String) -> [Line] { lines.filter { $0.message.hasPrefix(beginning) } }

    public func logger(_ level: Logger.Level = .trace) -> Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let values = (event.metadata ?? [:]).mapValues { "\($0)" }
            log.kept.withLockedValue {
                $0.append(Line(level: event.level, message: event.message.description, metadata: values))
            }
        }
    }
}
