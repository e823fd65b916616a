/// Finds the words that were probably meant.
enum Resemblance {
    /// The question for the names that are close: those that begin alike, and those with the fewest letters that differ.
    ///
    /// - Parameter dashes: What names have in front.
    /// - Returns: nil if none is close.
    static func question(about word: String, _ names: [String], dashes: String = "") -> String? {
        let close = closest(to: word, names)
        guard !close.isEmpty else { return nil }
        return "did you mean \(close.map { "'\(dashes)\($0)'" }.joined(separator: " or "))?"
    }

    /// The closest first.
    private static func closest(to word: String, _ names: [String]) -> [String] {
        let ranked = names.map { (name: $0, distance: distance(Array(word), Array($0))) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
        let limit = min(word.count > 5 ? 2 : 1, ranked.first?.distance ?? 0)
        return ranked.filter { name, distance in
            distance <= limit || word.hasPrefix(name) || (word.count > 1 && name.hasPrefix(word))
        }.map(\.name)
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
