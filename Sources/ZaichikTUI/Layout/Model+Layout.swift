extension Model {
    var layout: ScreenLayout {
        ScreenLayout(
            size: size, panes: panes.recent, isZoomed: panes.isZoomed, hasDrawer: overlay?.drawerSubject != nil,
            statusRows: TourText.rows(self) + StatusText.rows(self))
    }

    /// The parts of a pane; empty if it is not seen.
    func area(of pane: Pane) -> PaneArea { pane.area(in: layout) }

    /// The number of lines of the overlay, which does not depend on the time.
    var overlayLineCount: Int {
        OverlayText.lines(self, columns: OverlayArea(layout).inside.width, now: 0).count
    }
}
