import CNcurses

/// The glyphs on the screen on whose width terminals do not agree. curses does not know of them: it has blanks there.
struct JoinedGlyphs {
    private var rows: [Int: [CellRun]] = [:]

    var isEmpty: Bool { rows.isEmpty }

    /// Takes note of what is drawn over them, and of new ones.
    ///
    /// - Returns: The rows in which one has gone.
    mutating func take(_ runs: [CellRun]) -> Set<Int> {
        var changed: Set<Int> = []
        for run in runs {
            if let old = rows[run.y] {
                let left = old.filter { $0.x >= run.x + run.columns || $0.x + $0.columns <= run.x }
                if left.count < old.count { changed.insert(run.y) }
                rows[run.y] = left.isEmpty ? nil : left
            }
            if run.isJoined { rows[run.y, default: []].append(run) }
        }
        return changed
    }

    /// Forgets those below the screen.
    mutating func keep(rows count: Int) { rows = rows.filter { $0.key < count } }

    /// Puts all of them past curses.
    func draw() {
        for run in rows.values.joined() {
            var text = run.text
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    zc_put_joined(
                        Int32(run.y), Int32(run.x), characters.baseAddress, Int32(characters.count),
                        run.style.foreground.map(Int32.init) ?? -1, run.style.background.map(Int32.init) ?? -1,
                        Int32(run.style.attributes.rawValue))
                }
            }
        }
        zc_flush_joined()
    }
}
