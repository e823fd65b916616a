import Glibc
import Logging
import NIOCore
import ZaichikWords

/// One line of the broker's log. Its text is made when it is written, not when it is logged.
struct LogLine: Sendable {
    var time: time_t
    var level: Logger.Level
    /// The logger's.
    var label: String
    var metadata: Logger.Metadata
    /// The module that logs.
    var source: String
    var message: String

    /// Such as `2026-03-01T12:00:00+0100 notice zaichik: address=127.0.0.1:8889 [ZaichikBroker] listening`.
    ///
    /// Names and reasons come from clients: what could break the line or harm a terminal is escaped.
    var text: String {
        let values = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return SafeText.escaped("\(Self.text(of: time)) \(level) \(label):\(values) [\(source)] \(message)")
    }

    /// The same as a JSON object; what the line has in quotes is without them here.
    var json: String {
        var buffer = ByteBuffer()
        buffer.beginObject()
        buffer.writeField("time", Self.text(of: time))
        buffer.writeField("level", level.rawValue)
        buffer.writeField("label", label)
        buffer.writeField("source", source)
        buffer.writeField("message", message)
        buffer.writeField("values", metadata.sorted { $0.key < $1.key }) { entry, buffer in
            buffer.writeField(entry.key, QuotedText.plain("\(entry.value)"))
        }
        buffer.endObject()
        return String(buffer: buffer)
    }

    func text(_ format: LogFormat) -> String {
        switch format {
        case .text: text
        case .json: json
        }
    }

    /// The line that stands for those that were not kept.
    static func dropped(_ count: Int) -> LogLine {
        aboutLog(
            count, one: "1 log line was dropped, as the log was not read in time",
            more: "\(count) log lines were dropped, as the log was not read in time")
    }

    /// The line that stands for those that could not be written.
    static func unwritten(_ count: Int, _ problem: String) -> LogLine {
        aboutLog(
            count, one: "1 log line before this one could not be written: \(problem)",
            more: "\(count) log lines before this one could not be written: \(problem)")
    }

    private static func aboutLog(_ count: Int, one: String, more: String) -> LogLine {
        LogLine(
            time: Glibc.time(nil), level: .warning, label: "zaichik", metadata: ["lines": "\(count)"],
            source: "Zaichik", message: count == 1 ? one : more)
    }

    /// ISO 8601, in local time.
    private static func text(of time: time_t) -> String {
        var time = time
        var fields = tm()
        localtime_r(&time, &fields)
        var bytes = [CChar](repeating: 0, count: 64)
        let count = strftime(&bytes, bytes.count, "%Y-%m-%dT%H:%M:%S%z", &fields)
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Hands what is logged to a ``LogWriter``.
struct QueuedLogHandler: LogHandler {
    let label: String
    let writer: LogWriter
    /// The writer's: all loggers follow it, also while they are used.
    var logLevel: Logger.Level {
        get { writer.level }
        set { writer.level = newValue }
    }
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, writer: LogWriter) {
        self.label = label
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { $1 } }
        if let given = event.metadata { values.merge(given) { $1 } }
        if let error = event.error { values["error"] = "\(error)" }
        writer.write(
            LogLine(
                time: time(nil), level: event.level, label: label, metadata: values, source: event.source,
                message: event.message.description))
    }
}
