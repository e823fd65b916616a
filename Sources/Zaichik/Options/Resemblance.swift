/// Finds the word that was probably meant.
enum Resemblance {
    /// - Returns: nil if none is close.
    static func closest(to word: String, _ names: [String]) -> String? {
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
