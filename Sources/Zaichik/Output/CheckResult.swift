import NIOCore
import ZaichikWords

/// What a check found: a line and an exit code, as monitoring systems expect them of their plugins.
///
/// Source: Monitoring Plugins Development Guidelines, "Plugin Output for Nagios" and "Plugin Return Codes".
struct CheckResult: Equatable {
    /// The exit code, which is the guidelines'.
    enum Level: Int32, Comparable {
        case ok = 0
        case warning = 1
        case critical = 2
        /// It could not be found out.
        case unknown = 3

        var word: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// What was checked, such as `lag`.
    var subject: String
    var level: Level
    var text: String
    var figures: [CheckFigure] = []

    /// One line, with the figures behind a bar.
    var line: String {
        let line = "ZAICHIK \(subject.uppercased()) \(level.word): \(Self.safe(text))"
        return figures.isEmpty ? line : line + " | " + figures.map(\.text).joined(separator: " ")
    }

    /// The bar begins the figures, so that a text must have none.
    private static func safe(_ text: String) -> String {
        SafeText.escaped(text).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\x7c")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("check", subject)
        buffer.writeField("level", level.word.lowercased())
        buffer.writeField("text", text)
        buffer.writeField("figures", list: figures) { figure, buffer in
            buffer.writeField("name", figure.name)
            buffer.writeField("value", figure.value)
            buffer.writeField("unit", figure.unit)
            for (name, limit) in [("warn", figure.limits.warn), ("crit", figure.limits.crit), ("max", figure.most)] {
                if let limit { buffer.writeField(name, limit) } else { buffer.writeNull(name) }
            }
        }
    }
}

/// A figure of a check with its limits.
struct CheckFigure: Equatable {
    var name: String
    var value: UInt64
    /// As the guidelines write it: none for a count, `ms`, `B` or `%`.
    var unit = ""
    var limits = CheckLimits()
    /// nil if there is none.
    var most: UInt64?

    var text: String {
        let parts = [limits.warn, limits.crit, 0, most].map { $0.map(String.init) ?? "" }
        return "\(name)=\(value)\(unit);" + parts.joined(separator: ";")
    }
}

/// From where on a figure is a warning, and from where on it is critical.
struct CheckLimits: Equatable {
    /// Above this; nil for never.
    var warn: UInt64?
    var crit: UInt64?

    func level(of value: UInt64) -> CheckResult.Level {
        if let crit, value > crit { return .critical }
        if let warn, value > warn { return .warning }
        return .ok
    }

    /// The limit that a value is above; nil if it is above none.
    func passed(by value: UInt64) -> UInt64? {
        switch level(of: value) {
        case .critical: crit
        case .warning: warn
        case .ok, .unknown: nil
        }
    }
}
