import ArgumentParser

/// ArgumentParser's complaints on one line.
enum UsageText {
    /// - Returns: What is wrong and what would be right, without the usage, which is several lines.
    static func line(of error: any Error) -> String {
        let lines = RootCommand.message(for: error).split(separator: "\n").map { line in
            line.drop { $0 == " " }
        }
        // What may be chosen comes as a list, a line each.
        let choices = lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }.joined(separator: ", ")
        var text = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
        if !choices.isEmpty { return "\(text) \(choices)" }
        if text.hasSuffix("'"), let help = help(of: error) { text += ": \(help)" }
        return text
    }

    /// What the option or the argument is for that is wrong.
    private static func help(of error: any Error) -> Substring? {
        let lines = RootCommand.fullMessage(for: error).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("Help:") }), let name = line.firstRange(of: ">  ") else {
            return nil
        }
        return line[name.upperBound...]
    }

    /// A message of wrong usage with where to read what is right.
    static func complete(_ message: String, path: String) -> String {
        message.contains("\(path) --help'") ? message : "\(message) (try '\(path) --help')"
    }
}
