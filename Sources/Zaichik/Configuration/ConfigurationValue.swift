import ZaichikClient
import ZaichikProtocol

/// A value of the configuration.
enum ConfigurationValue: Equatable, Sendable {
    /// A count, bytes, or a time in ms.
    case number(UInt64)
    case flag(Bool)
    case text(String)
    case texts([String])
    case templates([Template])
    /// Nothing is set, and there is no value that stands for it.
    case absent

    /// One of the templates for topics, with its settings in the order of the file.
    struct Template: Equatable, Sendable, CustomStringConvertible {
        var match: String
        var settings: [TopicSettings.Tag: UInt64]

        var description: String {
            let values = TopicSettings.Tag.allCases.compactMap { tag in
                settings[tag].map { "\(tag.name) \(tag.kind.text(tag.value($0)))" }
            }
            return ([match] + values).joined(separator: " ")
        }
    }
}

/// Why a text is not a value, and which would be one.
struct ConfigurationMistake: Error {
    var right: String
}

/// What values an entry may have: how they are read and written.
enum ConfigurationKind: Equatable, Sendable {
    case number(ClosedRange<UInt64>)
    case size(ClosedRange<UInt64>)
    /// In ms, within these bounds; 0 only if it is among the bounds.
    case time(ClosedRange<UInt64>)
    /// A time that is 0 or within these bounds.
    case timeOrZero(ClosedRange<UInt64>)
    case choice([String])
    case flag
    case text
    case addresses
    case templates

    /// The name in documents.
    var name: String {
        switch self {
        case .number: "number"
        case .size: "size"
        case .time, .timeOrZero: "time"
        case .choice(let words): words.joined(separator: ", ")
        case .flag: "true, false"
        case .text: "text"
        case .addresses: "list of HOST:PORT"
        case .templates: "list of templates"
        }
    }

    /// Reads the text of one value.
    func read(_ text: String) throws(ConfigurationMistake) -> ConfigurationValue {
        switch self {
        case .number(let range): .number(try Self.bounded(UInt64(text), range, "a whole number", { "\($0)" }))
        case .size(let range):
            .number(
                try Self.bounded(ByteSize(argument: text)?.bytes, range, "a size such as 64KiB or 16MiB", Self.size))
        case .time(let range): .number(try Self.time(text, range, orZero: false))
        case .timeOrZero(let range): .number(try Self.time(text, range, orZero: true))
        case .choice(let words):
            if words.contains(text) {
                .text(text)
            } else {
                throw ConfigurationMistake(right: "one of \(words.joined(separator: ", "))")
            }
        case .flag:
            switch text {
            case "true": .flag(true)
            case "false": .flag(false)
            default: throw ConfigurationMistake(right: "true or false")
            }
        case .text:
            if text.isEmpty { throw ConfigurationMistake(right: "a text that is not empty") } else { .text(text) }
        case .addresses: .texts([try Self.address(text)])
        case .templates: throw ConfigurationMistake(right: "a list of templates, each with 'match' and settings")
        }
    }

    /// Reads an address, and gives it as it was written.
    static func address(_ text: String) throws(ConfigurationMistake) -> String {
        guard (try? BrokerAddress(text)) != nil else {
            throw ConfigurationMistake(right: "an address as HOST:PORT, such as 127.0.0.1:8889 or '[::1]:8889'")
        }
        return text
    }

    private static func time(
        _ text: String, _ range: ClosedRange<UInt64>, orZero: Bool
    ) throws(ConfigurationMistake) -> UInt64 {
        let time = TimeSpan(argument: text)?.milliseconds
        if orZero, time == 0 { return 0 }
        return try bounded(time, range, "a time with its unit, such as 500ms, 30s or 1h\(orZero ? ", or 0" : "")") {
            TimeSpan(milliseconds: $0).description
        }
    }

    private static func bounded(
        _ value: UInt64?, _ range: ClosedRange<UInt64>, _ right: String, _ text: (UInt64) -> String
    ) throws(ConfigurationMistake) -> UInt64 {
        guard let value, range.contains(value) else {
            // The upper bounds of most are those of a machine's word.
            let upper = range.upperBound >= UInt64(Int.max) / 1000 ? "" : " and at most \(text(range.upperBound))"
            let lower = range.lowerBound > 0 ? "at least \(text(range.lowerBound))" : ""
            let bounds = lower.isEmpty && !upper.isEmpty ? String(upper.dropFirst(" and ".count)) : lower + upper
            throw ConfigurationMistake(right: right + (bounds.isEmpty ? "" : ", \(bounds)"))
        }
        return value
    }

    /// Writes a value as ``read(_:)`` takes it. Lists are written by ``ConfigurationText``.
    func text(_ value: ConfigurationValue) -> String {
        switch (self, value) {
        case (.size, .number(let number)): Self.size(number)
        case (.time, .number(let number)), (.timeOrZero, .number(let number)):
            number == 0 ? "0" : TimeSpan(milliseconds: number).description
        case (_, .number(let number)): "\(number)"
        case (_, .flag(let isOn)): isOn ? "true" : "false"
        case (_, .text(let text)): text
        case (_, .texts(let texts)): texts.joined(separator: ", ")
        case (_, .templates(let templates)):
            templates.isEmpty ? "none" : templates.map(\.description).joined(separator: "; ")
        case (_, .absent): "none"
        }
    }

    /// In the largest unit of which it is a whole number.
    private static func size(_ bytes: UInt64) -> String {
        for (name, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] as [(String, UInt64)]
        where bytes > 0 && bytes % size == 0 {
            return "\(bytes / size)\(name)"
        }
        return "\(bytes)"
    }
}
