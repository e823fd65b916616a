import ZaichikBroker

/// The configuration that counts, and where each of its values comes from: the file, then the environment, then the
/// options of `serve`, each over the ones before.
struct EffectiveConfiguration: Sendable {
    private(set) var settings = ServeSettings()
    /// By the entry's path: all that set it, the one that counts last.
    private(set) var sources: [String: [String]] = [:]

    /// A value that an option of `serve` gives.
    struct Given: Sendable {
        /// The option's name, without its dashes.
        var option: String
        var value: ConfigurationValue
    }

    /// - Parameter problems: What is wrong in the environment is added to it, as it is in the file.
    init(
        file: ConfigurationFile?, environment: [String: String], options: [Given],
        problems: inout [ConfigurationProblem]
    ) {
        problems += file?.problems ?? []
        for entry in file?.entries ?? [] { set(entry.path, entry.value, entry.place) }
        read(environment, &problems)
        for given in options {
            guard let key = ConfigurationKey.set(by: given.option) else {
                preconditionFailure("--\(given.option) is in no row of the configuration")
            }
            set(key.path, given.value, "--\(given.option)")
        }
    }

    private mutating func set(_ path: String, _ value: ConfigurationValue, _ source: String) {
        guard let key = ConfigurationKey.at(path) else { return }
        key.set(value, &settings)
        sources[path, default: []].append(source)
    }

    private mutating func read(_ environment: [String: String], _ problems: inout [ConfigurationProblem]) {
        let level = [(ConfigurationKey.levelVariable, ConfigurationKey.at("log.level"))]
        let named = ConfigurationKey.all.compactMap { key in key.variable.map { ($0, Optional(key)) } }
        for (variable, key) in level + named {
            guard let key, let text = environment[variable], !text.isEmpty else { continue }
            do throws(ConfigurationMistake) {
                set(key.path, try Self.value(of: text, variable, key), variable)
            } catch {
                problems.append(
                    ConfigurationProblem(
                        place: variable, text: "'\(key.path)' cannot be '\(text)'; it is \(error.right)"))
            }
        }
        let known = named.map(\.0)
        for name in environment.keys.sorted() where name.hasPrefix(ConfigurationKey.prefix) && !known.contains(name) {
            let question = Resemblance.question(about: name, known) ?? "docs/CONFIGURATION.md has the variables"
            problems.append(ConfigurationProblem(place: name, text: "there is no such variable; \(question)"))
        }
    }

    private static func value(
        of text: String, _ variable: String, _ key: ConfigurationKey
    ) throws(ConfigurationMistake) -> ConfigurationValue {
        // The older variable takes capitals, too.
        if variable == ConfigurationKey.levelVariable { return try key.kind.read(text.lowercased()) }
        guard key.kind == .addresses else { return try key.kind.read(text) }
        var texts: [String] = []
        for part in text.split(separator: ",") {
            texts.append(try ConfigurationKind.address(String(part.drop { $0 == " " })))
        }
        return .texts(texts)
    }

    /// Where a value comes from, such as `--log-level, over zaichik.yaml:3`.
    func source(of key: ConfigurationKey) -> String {
        guard let sources = sources[key.path], let last = sources.last else { return "default" }
        guard sources.count > 1 else { return last }
        return "\(last), over \(sources.dropLast().reversed().joined(separator: " and "))"
    }

    /// Entries that are set more than once, and so by the last of their sources.
    var contested: [ConfigurationKey] { ConfigurationKey.all.filter { (sources[$0.path]?.count ?? 0) > 1 } }

    // MARK: Changing while the broker serves

    /// A value that differs in a configuration that was read later.
    struct Change: Sendable {
        var key: ConfigurationKey
        var old: ConfigurationValue
        var new: ConfigurationValue
    }

    /// Takes what may change from a configuration that was read later.
    ///
    /// - Returns: Every difference; those of entries that are not live are not taken.
    mutating func adopt(_ later: EffectiveConfiguration) -> [Change] {
        let changes = ConfigurationKey.all.compactMap { key -> Change? in
            let (old, new) = (key.get(settings), key.get(later.settings))
            return old == new ? nil : Change(key: key, old: old, new: new)
        }
        for change in changes where change.key.isLive {
            change.key.set(change.new, &settings)
            sources[change.key.path] = later.sources[change.key.path]
        }
        return changes
    }
}
