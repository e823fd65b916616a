/// Settings that are numbers on the wire, each under a tag.
public protocol SettingsTable: Equatable, Sendable {
    associatedtype Tag: SettingTag

    /// Every setting has its default.
    init()

    /// The number of a setting on the wire.
    subscript(tag: Tag) -> UInt64 { get }

    /// - Returns: Whether the number is one that the setting can have; if not, nothing is changed.
    mutating func set(_ tag: Tag, to value: UInt64) -> Bool
}

/// One setting on the wire. Tags are appended; none is ever used again.
public protocol SettingTag: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == UInt8 {
    var name: String { get }
    /// The unit, or the choices.
    var unit: String { get }
    var summary: String { get }
}

/// Some settings of a table: those named are set, the others keep their values (or their defaults, when what they belong
/// to is new).
public struct SettingsChange<Settings: SettingsTable>: Equatable, Sendable {
    public private(set) var values: [Settings.Tag: UInt64] = [:]

    public init() {}

    /// Every setting, with its value in `settings`.
    public init(_ settings: Settings) {
        for tag in Settings.Tag.allCases { values[tag] = settings[tag] }
    }

    public var isEmpty: Bool { values.isEmpty }

    public subscript(tag: Settings.Tag) -> UInt64? {
        get { values[tag] }
        set { values[tag] = newValue }
    }

    public func applied(to settings: Settings) -> Settings {
        var settings = settings
        for (tag, value) in values { _ = settings.set(tag, to: value) }
        return settings
    }
}
