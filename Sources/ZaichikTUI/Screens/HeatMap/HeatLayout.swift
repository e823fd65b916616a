import ZaichikProtocol
import ZaichikWords

/// The places of the heat-map within its pane: a column of names, cells as wide as there is room for, and a line about the
/// pair under the cursor.
struct HeatLayout: Equatable {
    let head: Rect
    let grid: Rect
    /// Empty where there is no room for it.
    let foot: Rect
    let nameWidth: Int
    let cellWidth: Int

    /// Where there are more topics, they are in pages of columns.
    private static let narrowest = 7
    private static let widest = 18

    init(_ inside: Rect, topics: Int, longestName: Int) {
        let (head, rest) = inside.split(top: 1)
        let footRows = rest.height >= 5 ? 2 : rest.height >= 3 ? 1 : 0
        let (grid, foot) = rest.split(top: rest.height - footRows)
        (self.head, self.grid, self.foot) = (head, grid, foot)
        nameWidth = min(max(longestName + 1, 8), max(inside.width / 4, 10), 32)
        let room = max(inside.width - nameWidth - 3, 1)
        cellWidth = min(max(room / max(topics, 1), Self.narrowest), Self.widest, room)
    }

    /// How many columns are seen.
    var columns: Int { max((grid.width - nameWidth - 3) / max(cellWidth, 1), 1) }

    func x(ofColumn column: Int) -> Int { grid.x + 2 + nameWidth + column * cellWidth }
}

extension Model {
    func heatLayout(_ area: PaneArea) -> HeatLayout {
        let labels = HeatMap.clients(self).prefix(500)
        let longest = labels.reduce(0) { max($0, TextWidth.columns(of: $1.name)) }
        return HeatLayout(area.inside, topics: screens.heat.topics.count, longestName: longest)
    }
}
