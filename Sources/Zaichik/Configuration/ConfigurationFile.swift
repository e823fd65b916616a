import FoundationEssentials
import Yams
import ZaichikProtocol

/// A configuration file that has been read: its entries with their places, and everything that is wrong in it.
struct ConfigurationFile: Sendable {
    struct Entry: Sendable {
        var path: String
        var value: ConfigurationValue
        /// Such as `zaichik.yaml:3`.
        var place: String
    }

    private(set) var entries: [Entry] = []
    private(set) var problems: [ConfigurationProblem] = []
    private let name: String

    /// Reads a file.
    ///
    /// - Throws: A ``CommandFailure`` if it cannot be read at all.
    init(path: String) throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            let reason = (error as? CocoaError)?.code == .fileReadNoSuchFile ? "it does not exist" : "\(error)"
            throw CommandFailure("cannot read the configuration '\(path)': \(reason)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            self.init(name: path, "")
            let place = "\(path):\(Self.placeOfFirstBroken(in: bytes))"
            problems = [ConfigurationProblem(place: place, text: "this byte is not UTF-8; save the file as UTF-8")]
            return
        }
        self.init(name: path, text)
    }

    /// - Parameter name: The file's, for the places.
    init(name: String, _ text: String) {
        self.name = name
        var text = text
        while true {
            do {
                // Not what the environment may say of the encoding: the text is a string already.
                let root = try Parser(yaml: text, encoding: .utf8).singleRoot()
                if let root { readGroup(root, nil) }
                break
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                guard let rest = takeOut(keys, context.mark, of: text) else { break }
                text = rest
            } catch {
                problems.append(syntaxProblem(error, text))
                break
            }
        }
        problems.sort { Self.place(of: $0) < Self.place(of: $1) }
    }

    /// Line and column of the first byte that is not UTF-8.
    private static func placeOfFirstBroken(in bytes: Data) -> String {
        var (line, column, decoder, iterator) = (1, 1, UTF8(), bytes.makeIterator())
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        return "\(line):\(column)"
    }

    /// Line and column.
    private static func place(of problem: ConfigurationProblem) -> (Int, Int) {
        let numbers = problem.place.split(separator: ":").suffix(2).map { Int($0) ?? 0 }
        return (numbers.first ?? 0, numbers.last ?? 0)
    }

    // MARK: Entries

    private mutating func readGroup(_ node: Node, _ group: String?) {
        // A group whose entries are all comments.
        if node.isNothing { return }
        guard let mapping = node.mapping else {
            return note(
                node,
                group.map {
                    "'\($0)' has entries of its own, such as '\(ConfigurationKey.names(in: $0)[0]): …' on the next line"
                }
                    ?? "the file has entries, such as 'listen: [127.0.0.1:8889]'")
        }
        for (key, value) in mapping {
            guard let word = key.scalar?.string else {
                note(key, "an entry's name is a word, such as '\(ConfigurationKey.names(in: group)[0])'")
                continue
            }
            let path = group.map { "\($0).\(word)" } ?? word
            if let entry = ConfigurationKey.at(path) {
                read(value, entry)
            } else if group == nil, ConfigurationKey.all.contains(where: { $0.group == word }) {
                readGroup(value, word)
            } else {
                note(key, Self.unknown(word, in: group))
            }
        }
    }

    private mutating func read(_ node: Node, _ key: ConfigurationKey) {
        let count = problems.count
        let value: ConfigurationValue? =
            switch key.kind {
            case .addresses: readAddresses(node)
            case .templates: readTemplates(node)
            default: readScalar(node, key.name, key.kind)
            }
        if let value, problems.count == count {
            entries.append(Entry(path: key.path, value: value, place: place(node, withColumn: false)))
        }
    }

    private mutating func readScalar(_ node: Node, _ name: String, _ kind: ConfigurationKind) -> ConfigurationValue? {
        let right: String
        let wrong: String
        do {
            if !node.isNothing, let text = node.scalar?.string { return try kind.read(text) }
            // To hear what would be right.
            _ = try kind.read("")
            return nil
        } catch {
            right = error.right
        }
        if node.isNothing {
            wrong = "'\(name)' has no value"
        } else if let text = node.scalar?.string {
            wrong = "'\(name)' cannot be '\(text)'"
        } else {
            wrong = "'\(name)' is one value, not a \(node.mapping == nil ? "list" : "group")"
        }
        note(node, "\(wrong); it is \(right)")
        return nil
    }

    private mutating func readAddresses(_ node: Node) -> ConfigurationValue? {
        let nodes = node.sequence.map { Array($0) } ?? [node]
        if nodes.isEmpty { note(node, "'listen' is empty; it is a list of addresses, such as [127.0.0.1:8889]") }
        return .texts(
            nodes.compactMap { node in
                guard case .texts(let texts) = readScalar(node, "listen", .addresses) else { return nil }
                return texts[0]
            })
    }

    private mutating func readTemplates(_ node: Node) -> ConfigurationValue? {
        if node.isNothing { return .templates([]) }
        guard let sequence = node.sequence else {
            note(node, "'templates' is a list: begin each template with '- match: PATTERN'")
            return nil
        }
        return .templates(sequence.compactMap { readTemplate($0) })
    }

    private mutating func readTemplate(_ node: Node) -> ConfigurationValue.Template? {
        guard let mapping = node.mapping else {
            note(node, "a template has 'match: PATTERN' and settings, such as 'retention: 1h'")
            return nil
        }
        var template = ConfigurationValue.Template(match: "", settings: [:])
        var hasPattern = false
        for (key, value) in mapping {
            let word = key.scalar?.string ?? ""
            if word == "match" {
                hasPattern = true
                template.match = readPattern(value)
            } else if let tag = TopicSettings.Tag.allCases.first(where: { $0.name == word }) {
                template.settings[tag] = readScalar(value, word, tag.kind).flatMap(tag.number)
            } else {
                let known = ["match"] + TopicSettings.Tag.allCases.map(\.name)
                note(key, Self.unknown(word, known, "a template"))
            }
        }
        if !hasPattern { note(node, "the template has no 'match: PATTERN', which says for which topics it is") }
        return template
    }

    private mutating func readPattern(_ node: Node) -> String {
        guard let text = node.scalar?.string, !node.isNothing else {
            note(node, "'match' is a pattern, such as 'metrics.*'")
            return ""
        }
        do throws(NameError) {
            _ = try TopicPattern(text)
        } catch {
            note(node, "'match' cannot be '\(text)': \(error); a pattern is such as 'metrics.*' or 'log.>'")
        }
        return text
    }

    // MARK: Problems

    private static func unknown(_ word: String, in group: String?) -> String {
        if let path = ConfigurationKey.all.first(where: { $0.name == word && $0.group != group })?.path {
            return
                "there is no '\(word)' here; it belongs to '\(path.split(separator: ".").dropLast().joined())': \(path)"
        }
        return unknown(word, ConfigurationKey.names(in: group), group.map { "'\($0)'" } ?? "the file")
    }

    private static func unknown(_ word: String, _ known: [String], _ place: String) -> String {
        let question = Resemblance.question(about: word, known)
        return "there is no entry '\(word)'; \(question ?? "\(place) may have \(known.joined(separator: ", "))")"
    }

    private mutating func note(_ node: Node, _ text: String) {
        problems.append(ConfigurationProblem(place: place(node), text: text))
    }

    private func place(_ node: Node, withColumn: Bool = true) -> String {
        let mark = node.mark
        return "\(name):\(mark?.line ?? 1)" + (withColumn ? ":\(mark?.column ?? 1)" : "")
    }

    /// What the library says of a file that is not YAML.
    private func syntaxProblem(_ error: any Error, _ text: String) -> ConfigurationProblem {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let before = context.map { "\($0.text) (line \($0.mark.line)), " } ?? ""
            return ConfigurationProblem(
                place: "\(name):\(mark.line):\(mark.column)",
                text: "this is not YAML: \(before)\(problem); entries are 'name: value', with spaces to indent")
        case YamlError.reader(let problem, let offset, _, _):
            let line = text.prefix(offset ?? 0).split(separator: "\n", omittingEmptySubsequences: false)
            return ConfigurationProblem(
                place: "\(name):\(max(line.count, 1)):\((line.last?.count ?? 0) + 1)",
                text: "this is not YAML: \(problem)")
        default: return ConfigurationProblem(place: "\(name):1:1", text: "this is not YAML: \(error)")
        }
    }

    /// Notes that entries are there twice, and takes the second ones out, so that what else is wrong is found, too.
    ///
    /// - Parameter mark: Of the first entry that is there again.
    /// - Returns: nil if they cannot be found, as on one line.
    private mutating func takeOut(_ keys: [String], _ mark: Mark, of text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let column = mark.column - 1
        let first = mark.line - 1
        let indent = lines[first].prefix(column)
        for key in keys where lines[first].dropFirst(column).starts(with: key) {
            for index in lines.indices.dropFirst(first + 1) {
                let line = lines[index]
                guard line.prefix(column).allSatisfy({ $0 == " " }) || line.prefix(column) == indent,
                    line.dropFirst(column).starts(with: "\(key):")
                else { continue }
                problems.append(
                    ConfigurationProblem(
                        place: "\(name):\(index + 1):\(mark.column)",
                        text: "'\(key)' is there already, in line \(mark.line); leave one of them out"))
                lines = Self.without(index, column, lines)
                return lines.joined(separator: "\n")
            }
        }
        problems.append(
            ConfigurationProblem(
                place: "\(name):\(mark.line):\(mark.column)",
                text: "'\(keys.joined(separator: "', '"))' is there twice; leave one of them out"))
        return nil
    }

    /// Empties an entry's line and those that belong to it, so that all others keep their numbers.
    private static func without(_ index: Int, _ column: Int, _ lines: [String]) -> [String] {
        var lines = lines
        lines[index] = ""
        for next in lines.indices.dropFirst(index + 1) {
            let indent = lines[next].prefix { $0 == " " }.count
            let belongs = indent > column || lines[next].allSatisfy { $0 == " " }
            guard belongs || (indent == column && lines[next].dropFirst(indent).starts(with: "- ")) else { break }
            lines[next] = ""
        }
        return lines
    }
}

extension Node {
    /// Whether nothing stands where a value would.
    fileprivate var isNothing: Bool {
        guard let scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }
}
