import ZaichikClient
import ZaichikProtocol

/// An entry of the configuration: the only table of them. The reader, the errors and the schema are made from it.
struct ConfigurationEntry<Target>: Sendable {
    enum Shape: Sendable {
        case yesOrNo
        case choice([String])
        case number(ClosedRange<UInt64>)
        case text
        /// One text, or a list of them.
        case texts
    }

    var name: String
    var shape: Shape
    /// For the schema.
    var help: String
    /// An example of a right value, for errors.
    var example: String
    /// Takes what stands there: one value, or those of a list.
    ///
    /// - Returns: Why the value is wrong, if that is not its shape; nil if it was taken.
    var take: @Sendable (inout Target, [String]) -> String?

    /// What the value would have to be.
    var right: String {
        switch shape {
        case .yesOrNo: "true or false"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .number(let range): "a whole number, \(range.lowerBound) to \(range.upperBound)"
        case .text: "a text, such as \(example)"
        case .texts: "a text or a list of texts, such as \(example)"
        }
    }

    /// Whether a value has the shape.
    func fits(_ values: [String]) -> Bool {
        if case .texts = shape { return !values.isEmpty }
        guard values.count == 1, let value = values.first else { return false }
        return switch shape {
        case .yesOrNo: value == "true" || value == "false"
        case .choice(let words): words.contains(value)
        case .number(let range): UInt64(value).map(range.contains) ?? false
        case .text, .texts: !value.isEmpty
        }
    }
}

extension ConfigurationEntry {
    /// An entry that is true or false.
    static func yesOrNo(
        _ name: String, _ help: String, _ path: any WritableKeyPath<Target, Bool?> & Sendable
    ) -> ConfigurationEntry {
        ConfigurationEntry(name: name, shape: .yesOrNo, help: help, example: "true") { target, values in
            target[keyPath: path] = values[0] == "true"
            return nil
        }
    }

    /// An entry that is one of the words of a type.
    static func choice<Word: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ help: String, _ path: any WritableKeyPath<Target, Word?> & Sendable
    ) -> ConfigurationEntry where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        return ConfigurationEntry(name: name, shape: .choice(words), help: help, example: words[0]) { target, values in
            target[keyPath: path] = Word(rawValue: values[0])
            return nil
        }
    }
}

extension ConfigurationEntry<TerminalConfiguration> {
    /// The entries beside `profiles` and `keys`, which are groups.
    static let all: [ConfigurationEntry] = [
        ConfigurationEntry(
            name: "profile", shape: .text, help: "The profile that is meant without --profile and --connect.",
            example: "production"
        ) { configuration, values in
            configuration.profile = values[0]
            return nil
        },
        .choice("theme", "The theme; without it what suits the terminal.", \.theme),
        .choice("colors", "How many colours are used; without it what the terminal has.", \.colors),
        .choice("background", "The terminal's background; without it what the terminal says.", \.background),
        .yesOrNo("ascii", "Draw with ASCII only.", \.isASCII),
        .yesOrNo("mouse", "Take the mouse; false leaves it to the terminal.", \.hasMouse),
        .yesOrNo("utc", "Times in UTC, not in local time.", \.isUTC),
        ConfigurationEntry(
            name: "alerts", shape: .texts, help: "What rings when it holds, a rule each.",
            example: "'\(AlertRule.example)'"
        ) { configuration, values in
            for value in values {
                do throws(AlertRuleError) {
                    configuration.alerts.append(try AlertRule(value))
                } catch {
                    return "\(error)"
                }
            }
            return nil
        },
    ]
}

extension ConfigurationEntry<Profile> {
    static let all: [ConfigurationEntry] = [
        ConfigurationEntry(
            name: "address", shape: .text, help: "The broker: HOST:PORT.", example: "broker.example:8889"
        ) { profile, values in
            do throws(AddressError) {
                profile.address = try BrokerAddress(values[0])
                return nil
            } catch {
                return "\(error)"
            }
        },
        .choice("color", "The colour of the profile's name in the header.", \.color),
        ConfigurationEntry(
            name: "read-only", shape: .yesOrNo, help: "Only look: no publishes, no acts.", example: "true"
        ) { profile, values in
            profile.isReadOnly = values[0] == "true"
            return nil
        },
        ConfigurationEntry(
            name: "name", shape: .text, help: "The name that the lists of clients show.", example: "ops"
        ) { profile, values in
            profile.clientName = values[0]
            return nil
        },
        ConfigurationEntry(
            name: "session", shape: .text, help: "The session that this program attaches to.", example: "mine"
        ) { profile, values in
            do throws(SessionNameError) {
                profile.session = try SessionName(values[0]).string
                return nil
            } catch {
                return "\(error)"
            }
        },
        ConfigurationEntry(
            name: "window", shape: .number(0...UInt64(FrameLimits.window)),
            help: "How many deliveries may be in flight; 0 begins with a pause.", example: "256"
        ) { profile, values in
            profile.window = UInt32(values[0])
            return nil
        },
        ConfigurationEntry(
            name: "subscribe", shape: .texts, help: "Topics and patterns that are subscribed to at once.",
            example: "[orders.*, log.>]"
        ) { profile, values in
            for value in values {
                do throws(NameError) {
                    profile.subscriptions.append(try TopicPattern(value))
                } catch {
                    return "\(error)"
                }
            }
            return nil
        },
    ]
}
