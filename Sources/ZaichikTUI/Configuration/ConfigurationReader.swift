import Yams

/// Reads the text of the configuration. Everything that is wrong is told, with its place.
struct ConfigurationReader {
    private(set) var configuration = TerminalConfiguration()
    private(set) var problems: [ConfigurationProblem] = []
    private let file: String

    /// - Parameter file: The file's name, for the places.
    init(_ text: String, file: String) {
        self.file = file
        do {
            // Not what the environment may say of the encoding: the text is a string already.
            if let root = try Parser(yaml: text, encoding: .utf8).singleRoot(), !root.isNothing { readFile(root) }
        } catch {
            problems.append(syntaxProblem(error))
        }
        if let name = configuration.profile, configuration.profile(named: name) == nil, problems.isEmpty {
            let names = configuration.profiles.map(\.name)
            let known = names.isEmpty ? "the file has no profiles" : "there are \(names.joined(separator: ", "))"
            problems.append(ConfigurationProblem(place: file, text: "there is no profile '\(name)'; \(known)"))
        }
    }

    // MARK: Groups

    private mutating func readFile(_ root: Node) {
        guard let mapping = root.mapping else {
            return note(root, "the file has entries, such as 'theme: dark'")
        }
        for (key, value) in mapping {
            switch key.word {
            case "profiles": readProfiles(value)
            case "keys": readKeys(value)
            default:
                read(key, value, ConfigurationEntry<TerminalConfiguration>.all, also: ["profiles", "keys"], \.self)
            }
        }
    }

    private mutating func readProfiles(_ node: Node) {
        if node.isNothing { return }
        guard let mapping = node.mapping else {
            return note(node, "'profiles' has a name on each line, and below it entries such as 'address: host:8889'")
        }
        for (key, value) in mapping {
            guard let name = key.word, !name.isEmpty, !name.contains(" ") else {
                note(key, "a profile's name is a word, such as 'production'")
                continue
            }
            configuration.profiles.append(Profile(name: name))
            guard let entries = value.mapping else {
                note(value, "the profile '\(name)' needs at least 'address: HOST:PORT' below it")
                continue
            }
            let place = configuration.profiles.count - 1
            for (key, value) in entries {
                read(key, value, ConfigurationEntry<Profile>.all, also: [], \.profiles[place])
            }
            if entries["address"] == nil { note(value, "the profile '\(name)' has no 'address: HOST:PORT'") }
        }
    }

    private mutating func readKeys(_ node: Node) {
        if node.isNothing { return }
        guard let mapping = node.mapping else {
            return note(node, "'keys' has the name of an action on each line, such as 'zoom: F6'")
        }
        for (key, value) in mapping {
            let name = key.word ?? ""
            guard KeyMap.isRebindable(name) else {
                note(key, "there is no action '\(name)' that takes other keys; docs/KEYS.md and ':' have the names")
                continue
            }
            var keys: [Key] = []
            for node in value.sequence.map({ Array($0) }) ?? [value] {
                if let key = node.word.flatMap({ Key(name: $0) }) {
                    keys.append(key)
                } else {
                    note(node, "'\(node.word ?? "")' is no key; keys are such as x, F5, ^X, Space, Enter, PgUp or Up")
                }
            }
            if !keys.isEmpty { configuration.keys[name] = keys }
        }
        // Judged together, so that two actions may swap their keys.
        guard let clash = KeyMap.clash(of: configuration.keys) else { return }
        let place = mapping.first { key, _ in key.word.map(clash.actions.contains) ?? false }
        note(place?.key ?? node, clash.text)
    }

    // MARK: Entries

    private mutating func read<Target>(
        _ key: Node, _ value: Node, _ entries: [ConfigurationEntry<Target>], also: [String],
        _ path: WritableKeyPath<TerminalConfiguration, Target>
    ) {
        guard let name = key.word, let entry = entries.first(where: { $0.name == name }) else {
            let known = (entries.map(\.name) + also).joined(separator: ", ")
            return note(key, "there is no entry '\(key.word ?? "")' here; there are \(known)")
        }
        let values = (value.sequence.map { Array($0) } ?? [value]).map { $0.isNothing ? nil : $0.word }
        guard !values.contains(nil), entry.fits(values.compactMap { $0 }) else {
            let shown = values.compactMap { $0 }.joined(separator: ", ")
            let wrong = shown.isEmpty ? "'\(name)' has no value" : "'\(name)' cannot be '\(shown)'"
            return note(value, "\(wrong); it is \(entry.right)")
        }
        if let problem = entry.take(&configuration[keyPath: path], values.compactMap { $0 }) {
            note(value, "'\(name)': \(problem); right would be \(entry.example)")
        }
    }

    // MARK: Problems

    private mutating func note(_ node: Node, _ text: String) {
        let mark = node.mark
        problems.append(ConfigurationProblem(place: "\(file):\(mark?.line ?? 1):\(mark?.column ?? 1)", text: text))
    }

    /// What the library says of a file that is not YAML, or has a name twice.
    private func syntaxProblem(_ error: any Error) -> ConfigurationProblem {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            ConfigurationProblem(
                place: "\(file):\(mark.line):\(mark.column)",
                text: "this is not YAML: \(problem); entries are 'name: value', with spaces to indent")
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            ConfigurationProblem(
                place: "\(file):\(context.mark.line):\(context.mark.column)",
                text: "'\(keys.joined(separator: "', '"))' is there twice; leave one of them out")
        default: ConfigurationProblem(place: file, text: "this is not YAML: \(error)")
        }
    }
}

extension Node {
    /// Nothing stands where a value would.
    fileprivate var isNothing: Bool {
        guard let scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    /// A value without parts.
    fileprivate var word: String? { scalar?.string }
}
