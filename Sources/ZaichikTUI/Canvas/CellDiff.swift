/// Cells side by side in one style, to be written at once.
struct CellRun: Equatable, Sendable {
    var x: Int
    var y: Int
    var text: String
    var style: Style
}

enum CellDiff {
    /// The runs that turn one screen into another: every cell, if there is no old screen or its size was another.
    static func runs(from old: CellBuffer?, to new: CellBuffer) -> [CellRun] {
        let old = old?.size == new.size ? old : nil
        var runs: [CellRun] = []
        for y in 0..<new.size.height {
            var open = false
            for x in 0..<new.size.width {
                let cell = new[x, y]
                // The left half of a glyph stands for both.
                if cell.isTail { continue }
                var changed = old.map { $0[x, y] != cell } ?? true
                if let old, cell.columns == 2 { changed = changed || old[x + 1, y] != new[x + 1, y] }
                guard changed else {
                    open = false
                    continue
                }
                if open, runs[runs.count - 1].style == cell.style {
                    runs[runs.count - 1].text += cell.text
                } else {
                    runs.append(CellRun(x: x, y: y, text: cell.text, style: cell.style))
                    open = true
                }
            }
        }
        return runs
    }
}
