/// The places of everything on a screen, as a pure function of its size and the panes. Views draw by it; updates ask it
/// how far to scroll and what is under the mouse.
struct ScreenLayout: Equatable {
    /// Below this there is just a notice.
    static let minimum = Size(width: 40, height: 10)

    enum Form: Equatable {
        case tooSmall
        /// One pane, and tabs.
        case single
        /// One of the upper panes above one of the others, and tabs.
        case pair
        /// All slots on top of each other.
        case tall
        /// The top slot above the three others; the main one takes the width where there is height for it.
        case wide
    }

    var form: Form
    var header: Rect
    /// Empty where all panes are seen.
    var tabs: Rect
    var body: Rect
    /// The place of a drawer; the body, if there is no room for it beside a table or below it.
    var drawer: Rect
    /// The drawer stands beside the pane with the focus, or below it.
    var isDrawerApart = false
    /// Notices and prompts, a row or a few.
    var status: Rect
    var keys: Rect
    var panes: [Pane: Rect]

    /// - Parameters:
    ///   - panes: The one with the focus first, then those that had it before.
    ///   - isZoomed: The pane with the focus has the whole body.
    ///   - hasDrawer: Something is looked at in detail.
    ///   - statusRows: How many rows the status line needs.
    init(size: Size, panes recent: [Pane], isZoomed: Bool = false, hasDrawer: Bool = false, statusRows: Int = 1) {
        let whole = Rect(x: 0, y: 0, width: size.width, height: size.height)
        form = Self.form(of: size)
        guard form != .tooSmall, let focus = recent.first else {
            let none = Rect(x: 0, y: 0, width: 0, height: 0)
            (header, tabs, body, drawer, status, keys, panes) = (none, none, whole, whole, none, none, [:])
            return
        }
        let slots = Self.slots(form, focus)
        let isApart = hasDrawer && Self.hasRoomForDrawer(size)
        let seen =
            isZoomed || isApart ? [focus] : slots.compactMap { slots in recent.first { slots.contains($0.slot) } }
        let (header, below) = whole.split(top: 1)
        let (tabs, middle) = below.split(top: seen.count < recent.count ? 1 : 0)
        let (body, bottom) = middle.split(top: middle.height - 1 - statusRows)
        self.header = header
        self.tabs = tabs
        self.body = body
        (status, keys) = bottom.split(top: statusRows)
        isDrawerApart = isApart
        let places: [Rect]
        if isApart {
            let (table, rest) = Self.splitForDrawer(body)
            (places, drawer) = ([table], rest)
        } else {
            (places, drawer) = (isZoomed ? [body] : Self.places(form, body, focus), body)
        }
        panes = Dictionary(uniqueKeysWithValues: zip(seen, places))
    }

    /// The pane at a point.
    func pane(at point: Point) -> Pane? { panes.first { $0.value.contains(point) }?.key }

    /// A table beside a drawer needs the columns that say what is wrong; one above it needs some rows.
    private static func hasRoomForDrawer(_ size: Size) -> Bool {
        size.width >= 110 || size.width >= 64 && size.height >= 36
    }

    private static func splitForDrawer(_ body: Rect) -> (table: Rect, drawer: Rect) {
        if body.width >= 110 {
            let (left, rest) = body.split(left: min(max(body.width * 42 / 100, 54), 130))
            return (left, rest)
        }
        let (top, rest) = body.split(top: max(body.height * 3 / 10, 9))
        return (top, rest)
    }

    private static func form(of size: Size) -> Form {
        if size.width < minimum.width || size.height < minimum.height { return .tooSmall }
        if size.width >= 120, size.height >= 28 { return .wide }
        if size.width >= 64, size.height >= 44 { return .tall }
        return size.width >= 64 && size.height >= 20 ? .pair : .single
    }

    /// The slots that share a place, in the order of ``places(_:_:_:)``.
    private static func slots(_ form: Form, _ focus: Pane) -> [[PaneSlot]] {
        switch form {
        case .tooSmall: []
        case .single: [[focus.slot]]
        case .pair: [PaneSlot.allCases.filter(\.isUpper), PaneSlot.allCases.filter { !$0.isUpper }]
        case .tall, .wide: PaneSlot.allCases.map { [$0] }
        }
    }

    private static func places(_ form: Form, _ body: Rect, _ focus: Pane) -> [Rect] {
        switch form {
        case .tooSmall: return []
        case .single: return [body]
        case .pair:
            let (upper, lower) = body.split(top: body.height * (focus.slot.isUpper ? 6 : 4) / 10)
            return [upper, lower]
        case .tall:
            let (top, rest) = body.split(top: body.height * 3 / 10)
            let (left, lower) = rest.split(top: body.height * 2 / 10)
            let (main, corner) = lower.split(top: lower.height - 9)
            return [top, left, main, corner]
        case .wide:
            let (top, lower) = body.split(top: body.height * 45 / 100)
            let (column, rest) = lower.split(left: min(max(body.width * 30 / 100, 36), 64))
            if lower.height >= 18 {
                // The main pane has long lines: it gets the width, and the two others share the height.
                let (left, corner) = column.split(top: lower.height - max(9, lower.height * 4 / 10))
                return [top, left, rest, corner]
            }
            let (main, corner) = rest.split(left: rest.width - min(max(body.width * 27 / 100, 34), 60))
            return [top, column, main, corner]
        }
    }
}
