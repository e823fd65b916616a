import ArgumentParser
import ZaichikWords

/// Brings the words of a command into the one form that ArgumentParser takes as they are meant.
///
/// The rules are those of getopt: `-kfoo` and `-C5` join a value to its option, `-lK:` joins a flag and an option, and the
/// word after an option that takes a value is that value, even if it begins with a dash, unless it is an option itself.
struct ArgumentWords {
    private let table: OptionTable
    private var rest: ArraySlice<String>
    private var result: [String] = []
    private var arguments = 0

    /// - Throws: A ``CommandFailure`` that says which word is wrong, and what would be right.
    static func normalized(_ words: ArraySlice<String>, _ table: OptionTable) throws -> [String] {
        var this = ArgumentWords(table: table, rest: words)
        try this.read()
        return this.result
    }

    private init(table: OptionTable, rest: ArraySlice<String>) {
        self.table = table
        self.rest = rest
    }

    private mutating func read() throws {
        while let word = rest.popFirst() {
            if word == "--" {
                result.append(word)
                for word in rest { try addArgument(word) }
                return
            }
            if !Self.hasDash(word) {
                try addArgument(word)
            } else if word.utf8.starts(with: "--".utf8) {
                try readLong(word)
            } else {
                try readShort(word)
            }
        }
    }

    /// Whether a word has the form of an option. A dash alone is an argument.
    private static func hasDash(_ word: String) -> Bool {
        word.utf8.first == UInt8(ascii: "-") && word.utf8.count > 1
    }

    private mutating func addArgument(_ word: String) throws {
        if let name = table.argument(at: arguments) { try check(word, name, "<\(name)>") }
        arguments += 1
        result.append(word)
    }

    private mutating func readLong(_ word: String) throws {
        let name: String
        let value: String?
        if let end = word.utf8.firstIndex(of: UInt8(ascii: "=")) {
            name = String(word[..<end])
            value = String(word[word.utf8.index(after: end)...])
        } else {
            (name, value) = (word, nil)
        }
        switch table.options[name] {
        case nil: throw unknown(name, in: word)
        case .flag where value != nil:
            throw CommandFailure(ExitStatus.usage, "'\(name)' takes no value, so '\(SafeText.escaped(word))' is wrong")
        case .flag: result.append(name)
        case .option(let meaning): try add(name, value ?? nextValue(of: name, meaning))
        }
    }

    private mutating func readShort(_ word: String) throws {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(letter)"
            switch table.options[name] {
            case nil: throw unknown(name, in: word)
            case .flag: result.append(name)
            case .option(let meaning):
                return try add(name, letters.isEmpty ? nextValue(of: name, meaning) : String(letters))
            }
        }
    }

    private mutating func nextValue(of name: String, _ meaning: String) throws -> String {
        guard let word = rest.first, word != "--" else {
            throw CommandFailure(ExitStatus.usage, "'\(name)' needs a value: \(name) <\(meaning)>")
        }
        guard !isOption(word) else {
            let joined = name.utf8.count > 2 ? "\(name)=\(word)" : "\(name)\(word)"
            throw CommandFailure(
                ExitStatus.usage,
                "'\(name)' needs a value, and '\(SafeText.escaped(word))' is an option; '\(SafeText.escaped(joined))' would make it the value"
            )
        }
        rest.removeFirst()
        return word
    }

    /// Whether a word begins with an option that this command has.
    private func isOption(_ word: String) -> Bool {
        guard Self.hasDash(word) else { return false }
        guard word.utf8.starts(with: "--".utf8) else { return table.options[String(word.prefix(2))] != nil }
        return table.options[String(word.prefix { $0 != "=" })] != nil
    }

    private mutating func add(_ name: String, _ value: String) throws {
        try check(value, name, "'\(name)'")
        if Self.hasDash(value) {
            result.append("\(name)=\(value)")
        } else {
            result += [name, value]
        }
    }

    private func check(_ text: String, _ name: String, _ shown: String) throws {
        guard !ArgumentText.isUTF8(text), !table.takesBytes(name) else { return }
        throw CommandFailure(
            ExitStatus.usage, "'\(SafeText.text(ArgumentText.bytes(text)))' is not UTF-8, as \(shown) has to be")
    }

    private func unknown(_ name: String, in word: String) -> CommandFailure {
        let shown = SafeText.text(ArgumentText.bytes(word))
        let place = name.utf8.count == 2 && word.utf8.count > 2 ? "'\(name)' in '\(shown)'" : "'\(shown)'"
        var message = "unknown option \(SafeText.escaped(place))"
        let names = table.options.keys.filter { $0.utf8.count > 2 }.map { String($0.dropFirst(2)) }.sorted()
        if name.utf8.count > 3,
            let question = Resemblance.question(about: String(name.dropFirst(2)), names, dashes: "--")
        {
            message += "; \(question)"
        } else {
            message += "; an argument that begins with a dash goes after '--'"
        }
        return CommandFailure(ExitStatus.usage, message)
    }
}
