import ZaichikProtocol
import ZaichikWords

/// What would help a queue, as the drawers show it: with the key that does it here, and with the command.
enum RemedyText {
    /// Empty if nothing is wrong, or the verdict alone says it all.
    static func lines(_ remedies: [Remedy], columns: Int) -> [[Span]] {
        guard !remedies.isEmpty else { return [] }
        // The form begins with what the first of them proposes.
        let mend = remedies.first { $0.topicChange != nil }
        return [[Span("WHAT WOULD HELP", .columnTitle)]]
            + remedies.flatMap { remedy in
                let key = remedy == mend ? "M" : remedy.command.flatMap(key) ?? ""
                let margin = key.isEmpty ? 2 : 6
                let words = TextWidth.words(remedy.text, columns: max(columns - margin, 1))
                return words.enumerated().map { index, line in
                    index == 0 && !key.isEmpty
                        ? [Span("  " + TextWidth.padded(key, to: 4), .key), Span(line)]
                        : [Span(String(repeating: " ", count: margin) + line)]
                } + command(remedy, columns: columns)
            }
    }

    /// The keys that do here what a command does, such as `A w`; nil if it needs more than is asked for here.
    static func key(_ command: String) -> String? {
        let words = command.split(separator: " ").map(String.init)
        guard words.count >= 4, words[0] == "zaichik", words[1] == "client" || words[1] == "session" else { return nil }
        let options = words.dropFirst(4).filter { $0.hasPrefix("--") }
        switch words[2] {
        case "peek": return "v"
        case "set": return "E"
        case "skip" where options.allSatisfy({ $0 == "--older" }): return "A \(ActItem.skip.key)"
        case _ where !options.isEmpty: return nil
        case let verb:
            let item = ActItem.allCases.first { item in
                item.verb == verb && (item.act?.subject == .queue || item == .disconnect || item == .deleteSession)
            }
            return item.map { "A \($0.key)" }
        }
    }

    /// The command as it is typed: a line break in it is no blank, so it is broken where the line ends.
    private static func command(_ remedy: Remedy, columns: Int) -> [[Span]] {
        guard let command = remedy.command else { return [] }
        return TextWidth.wrap(command, max(columns - 6, 1)).map { [Span("      " + $0, .quiet)] }
    }
}

extension Remedy {
    /// The settings of a topic that its command changes, as they are typed; nil if it changes none.
    var topicChange: [(name: String, value: String)]? {
        guard let command, command.hasPrefix("zaichik topic set ") else { return nil }
        return command.replacing(" --", with: "\n").split(separator: "\n").dropFirst().compactMap { option in
            let words = option.split(separator: " ", maxSplits: 1).map(String.init)
            return words.count == 2 ? (words[0], words[1]) : nil
        }
    }
}
