/// Cells side by side in one style, to be written at once.
struct CellRun: Equatable, Sendable {
    var x: Int
    var y: Int
    var text: String
    var columns: Int
    var style: Style
    /// One glyph, on whose width terminals do not agree.
    var isJoined = false
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
                // The leftmost cell of a glyph stands for all.
                if cell.isTail { continue }
                let changed = old.map { old in (x..<x + cell.columns).contains { old[$0, y] != new[$0, y] } } ?? true
                guard changed else {
                    open = false
                    continue
                }
                if open, !cell.isJoined, runs[runs.count - 1].style == cell.style {
                    runs[runs.count - 1].text += cell.text
                    runs[runs.count - 1].columns += cell.columns
                } else {
                    runs.append(
                        CellRun(
                            x: x, y: y, text: cell.text, columns: cell.columns, style: cell.style,
                            isJoined: cell.isJoined))
                    open = !cell.isJoined
                }
            }
        }
        return runs
    }
}
