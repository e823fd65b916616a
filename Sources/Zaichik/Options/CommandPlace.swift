import ArgumentParser
import ZaichikWords

/// Finds the command that the words of a command line name.
enum CommandPlace {
    /// First words that are between a shell's completion and ArgumentParser.
    private static let passedOn = ["--generate-completion-script", "---completion", "--experimental-dump-help"]

    /// Whether a shell asks for the words that may come next.
    static func isCompletion(_ words: [String]) -> Bool { words.first?.hasPrefix("---completion") == true }

    /// Brings the words, which are without the program's name, into the form that ArgumentParser takes.
    ///
    /// - Parameter path: The command as far as the words name one, such as `zaichik topic create`; set if it throws, too.
    /// - Throws: A ``CommandFailure`` with what would be right.
    static func read(_ words: [String], path: inout String) throws -> [String] {
        if let first = words.first, passedOn.contains(where: { first.hasPrefix($0) }) { return words }
        var place: any ParsableCommand.Type = RootCommand.self
        var rest = words[...]
        var names: [String] = []
        var asksForHelp = false
        while let word = rest.first, !place.configuration.subcommands.isEmpty, word.utf8.first != UInt8(ascii: "-") {
            rest.removeFirst()
            if word == "help", !asksForHelp {
                asksForHelp = true
                continue
            }
            guard let command = place.configuration.subcommands.first(where: { $0.configuration.commandName == word })
            else { throw unknown(word, in: place, path) }
            place = command
            names.append(word)
            path += " \(word)"
        }
        if let wrong = early(rest, in: place, path) { throw wrong }
        if asksForHelp {
            if let word = rest.first(where: { $0 != "--help" && $0 != "-h" }) {
                throw CommandFailure(
                    ExitStatus.usage, "'\(path)' has no command '\(SafeText.escaped(word))' to explain")
            }
            return ["help"] + names
        }
        if rest.isEmpty, !place.configuration.subcommands.isEmpty, !names.isEmpty {
            let commands = place.configuration.subcommands.compactMap { $0.configuration.commandName }
            throw CommandFailure(
                ExitStatus.usage, "'\(path)' needs one of its commands: \(commands.joined(separator: ", "))")
        }
        return try names + ArgumentWords.normalized(rest, OptionTable(of: place))
    }

    /// - Returns: nil unless an option of a command stands before the command.
    private static func early(
        _ rest: ArraySlice<String>, in place: any ParsableCommand.Type, _ path: String
    ) -> CommandFailure? {
        guard let option = rest.first, option.utf8.first == UInt8(ascii: "-"),
            OptionTable(of: place).options[String(option.prefix { $0 != "=" })] == nil,
            let command = rest.first(where: { word in
                place.configuration.subcommands.contains { $0.configuration.commandName == word }
            })
        else { return nil }
        let shown = SafeText.escaped(option)
        return CommandFailure(
            ExitStatus.usage, "options go after the command: \(path) \(command) … \(shown)")
    }

    private static func unknown(
        _ word: String, in place: any ParsableCommand.Type, _ path: String
    ) -> CommandFailure {
        let wrong = "no command '\(SafeText.escaped(word))'"
        let names = place.configuration.subcommands.compactMap { $0.configuration.commandName }
        if let question = Resemblance.question(about: word, names) {
            return CommandFailure(ExitStatus.usage, "\(wrong); \(question)")
        }
        return CommandFailure(ExitStatus.usage, "\(wrong); '\(path) --help' lists the commands")
    }
}
