import ArgumentParser
import ZaichikWords

/// A size such as `16MiB`, `64k` or `1048576`: bytes.
struct ByteSize: Equatable {
    var bytes: UInt64

    static func read(_ text: String) throws -> ByteSize {
        guard let size = ByteSize(argument: text) else {
            throw ValidationError(
                "a size is a whole number of bytes, or a number with a unit such as 64k, 16MiB or 1GB.")
        }
        return size
    }

    init?(argument: String) {
        guard let bytes = SizeText.bytes(argument) else { return nil }
        self.bytes = bytes
    }
}

/// A time span such as `1h`, `1h30m`, `30s` or `500ms`: milliseconds.
struct TimeSpan: Equatable, CustomStringConvertible {
    var milliseconds: UInt64

    init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    /// For options that require a unit: a bare 1 could mean anything.
    static func withUnit(_ text: String) throws -> TimeSpan {
        guard let span = TimeSpan(argument: text) else {
            throw ValidationError("a time is a number with its unit, such as 200ms, 1s, 5m, 1h30m or 7d.")
        }
        return span
    }

    /// For options whose bare numbers are seconds, also with a fraction.
    static func inSeconds(_ text: String) throws -> TimeSpan {
        if let span = TimeSpan(argument: text) { return span }
        if let seconds = Double(text), seconds >= 0, let count = UInt64(exactly: (seconds * 1000).rounded()) {
            return TimeSpan(milliseconds: count)
        }
        throw ValidationError(
            "a time is a number with its unit, such as 200ms, 1s, 5m or 1h; a bare number is seconds.")
    }

    /// For options whose bare numbers are milliseconds.
    static func inMilliseconds(_ text: String) throws -> TimeSpan {
        if let span = TimeSpan(argument: text) ?? UInt64(text).map({ TimeSpan(milliseconds: $0) }) { return span }
        throw ValidationError(
            "a time is a number with its unit, such as 200ms, 1s, 5m or 1h; a bare number is milliseconds.")
    }

    /// For the patience of a command, of which there must be some.
    static func patience(_ text: String) throws -> TimeSpan {
        let span = try inSeconds(text)
        guard span.milliseconds > 0 else { throw ValidationError("-W must be above 0.") }
        return span
    }

    var duration: Duration { .milliseconds(Int64(clamping: milliseconds)) }

    var description: String {
        for (name, size) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, UInt64)]
        where milliseconds > 0 && milliseconds % size == 0 {
            return "\(milliseconds / size)\(name)"
        }
        return "\(milliseconds)ms"
    }

    init?(argument: String) {
        guard let milliseconds = argument == "0" ? 0 : DurationText.milliseconds(argument) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
