import ArgumentParser
import ZaichikWords

/// Complains about a command that does not exist, and names the one that was probably meant.
enum UnknownCommand {
    /// - Parameter arguments: Without the program's name.
    /// - Returns: The complaint; nil if all the commands exist.
    static func complaint(_ arguments: [String]) -> String? {
        var place: any ParsableCommand.Type = RootCommand.self
        var path = "zaichik"
        for word in arguments where !place.configuration.subcommands.isEmpty {
            let commands = place.configuration.subcommands
            if word.hasPrefix("-") || word == "help" { return nil }
            if let command = commands.first(where: { $0.configuration.commandName == word }) {
                place = command
                path += " \(word)"
                continue
            }
            let wrong = "no command '\(SafeText.escaped(word))'"
            if let meant = closest(to: word, commands.compactMap { $0.configuration.commandName }) {
                return "\(wrong); did you mean '\(meant)'?"
            }
            return "\(wrong); '\(path) --help' lists the commands"
        }
        return nil
    }

    private static func closest(to word: String, _ names: [String]) -> String? {
        if let name = names.first(where: { word.hasPrefix($0) || (word.count > 1 && $0.hasPrefix(word)) }) {
            return name
        }
        let limit = word.count > 5 ? 2 : 1
        let ranked = names.map { (name: $0, distance: distance(Array(word), Array($0))) }
        return ranked.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
    }

    /// How many letters differ; two neighbours that are swapped count once.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
