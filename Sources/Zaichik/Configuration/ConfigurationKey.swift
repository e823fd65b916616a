import ZaichikBroker
import ZaichikProtocol

/// An entry of the configuration. ``all`` is the only table of them: the example file, docs/CONFIGURATION.md,
/// `--print-config`, the reading of the file and of the environment, and what SIGHUP can change are made from it.
struct ConfigurationKey: Sendable {
    /// The names from the root of the file, with dots between them.
    let path: String
    let kind: ConfigurationKind
    let summary: String
    /// The option of `serve` that sets it, without its dashes; nil if none does.
    var option: String?
    /// Whether SIGHUP can change it while the broker serves.
    var isLive = true
    /// The default in words, if it depends on the machine or is nothing.
    var computed: String?
    let get: @Sendable (ServeSettings) -> ConfigurationValue
    let set: @Sendable (ConfigurationValue, inout ServeSettings) -> Void

    /// The environment variable that sets it; nil for what is no single value.
    var variable: String? {
        guard kind != .templates else { return nil }
        return Self.prefix + path.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    /// What the names of all variables begin with.
    static let prefix = "ZAICHIK_SERVE_"
    /// An older variable of the level of the log.
    static let levelVariable = "ZAICHIK_LOG"

    /// The name within its group.
    var name: String { path.split(separator: ".").last.map(String.init) ?? path }
    /// The group; nil for an entry at the root.
    var group: String? {
        path.split(separator: ".").count > 1 ? path.split(separator: ".").first.map(String.init) : nil
    }

    /// The default as the file has it, or in words.
    var defaultText: String { computed ?? kind.text(get(ServeSettings())) }

    static let all = ofTheBroker + ofLimits + ofTimes + ofTheLog + ofTopics + ofSessions

    static func at(_ path: String) -> ConfigurationKey? { all.first { $0.path == path } }

    /// The entry that an option of `serve` sets.
    static func set(by option: String) -> ConfigurationKey? { all.first { $0.option == option } }

    /// The names that may stand in a group, or at the root, in their order.
    static func names(in group: String?) -> [String] {
        var names: [String] = []
        for key in all {
            let name = group == nil ? key.group ?? key.name : key.name
            if group == nil || key.group == group, !names.contains(name) { names.append(name) }
        }
        return names
    }
}

// Rows.
extension ConfigurationKey {
    /// A number of the broker's, with the words that the table of limits has for the option.
    static func limit(
        _ path: String, _ option: String, _ field: any WritableKeyPath<ServeSettings, Int> & Sendable,
        computed: Bool = false
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .number(1...UInt64(Int.max)), summary: words(option), option: option,
            computed: computed ? standard(option) : nil,
            get: { .number(UInt64(max($0[keyPath: field], 0))) },
            set: { if case .number(let number) = $0 { $1[keyPath: field] = Int(clamping: number) } })
    }

    /// A size of the broker's.
    static func size(
        _ path: String, _ option: String, _ field: any WritableKeyPath<ServeSettings, Int> & Sendable,
        _ range: ClosedRange<UInt64>, isLive: Bool = true, computed: Bool = false
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: .size(range), summary: words(option), option: option, isLive: isLive,
            computed: computed ? standard(option) : nil,
            get: { .number(UInt64(max($0[keyPath: field], 0))) },
            set: { if case .number(let number) = $0 { $1[keyPath: field] = Int(clamping: number) } })
    }

    /// A time that the broker has in whole seconds; what is below one is one, unless it is 0.
    static func seconds<N: FixedWidthInteger & Sendable>(
        _ path: String, _ option: String, _ field: any WritableKeyPath<ServeSettings, N> & Sendable,
        _ kind: ConfigurationKind
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path, kind: kind, summary: words(option), option: option,
            get: { .number(UInt64(clamping: $0[keyPath: field]).multiplied(by: 1000)) },
            set: { value, settings in
                guard case .number(let time) = value else { return }
                settings[keyPath: field] = N(clamping: time / 1000 + (time % 1000 > 0 ? 1 : 0))
            })
    }

    /// What the table of limits says of an option, without its unit.
    private static func words(_ option: String) -> String {
        guard let limit = Limit.set(by: option) else { preconditionFailure("no limit is set by --\(option)") }
        return limit.what.hasPrefix("seconds that")
            ? "how long" + limit.what.dropFirst("seconds that".count) : limit.what
    }

    private static func standard(_ option: String) -> String? {
        guard case .computed(let words) = Limit.set(by: option)?.standard else { return nil }
        return words
    }
}

extension UInt64 {
    /// The product, or the largest number if there is none for it.
    func multiplied(by factor: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
