/// Where everything is on a screen of a size: a pure function of what is given here.
struct ScreenLayout: Equatable {
    /// Below this there is just a notice.
    static let minimum = Size(width: 40, height: 10)

    enum Form: Equatable {
        case tooSmall
        /// One pane, and tabs.
        case single
        /// A table above messages or publishing, and tabs.
        case pair
        /// All four panes on top of each other.
        case tall
        /// Clients above the three others; messages take the width where there is height for it.
        case wide
    }

    var form: Form
    var header: Rect
    /// Empty where all panes are seen.
    var tabs: Rect
    var body: Rect
    /// Notices and prompts, a row or a few.
    var status: Rect
    var keys: Rect
    var panes: [Pane: Rect]

    /// - Parameters:
    ///   - table: Which table is seen where there is room for one.
    ///   - stream: Whether messages or publishing is seen where there is room for one.
    ///   - zoomed: The pane with the focus has the whole body.
    ///   - statusRows: How many rows what is to be said needs.
    init(
        size: Size, focus: Pane, table: Pane = .clients, stream: Pane = .messages, zoomed: Bool = false,
        statusRows: Int = 1
    ) {
        let whole = Rect(x: 0, y: 0, width: size.width, height: size.height)
        form = Self.form(of: size)
        guard form != .tooSmall else {
            let none = Rect(x: 0, y: 0, width: 0, height: 0)
            (header, tabs, body, status, keys, panes) = (none, none, whole, none, none, [:])
            return
        }
        let hasTabs = zoomed || form == .single || form == .pair
        let (header, below) = whole.split(top: 1)
        let (tabs, middle) = below.split(top: hasTabs ? 1 : 0)
        let (body, bottom) = middle.split(top: middle.height - 1 - statusRows)
        self.header = header
        self.tabs = tabs
        self.body = body
        (status, keys) = bottom.split(top: statusRows)
        panes = zoomed ? [focus: body] : Self.panes(form, body, focus, table, stream)
    }

    /// The pane at a point.
    func pane(at point: Point) -> Pane? { panes.first { $0.value.contains(point) }?.key }

    private static func form(of size: Size) -> Form {
        if size.width < minimum.width || size.height < minimum.height { return .tooSmall }
        if size.width >= 120, size.height >= 28 { return .wide }
        if size.width >= 64, size.height >= 44 { return .tall }
        return size.width >= 64 && size.height >= 20 ? .pair : .single
    }

    private static func panes(_ form: Form, _ body: Rect, _ focus: Pane, _ table: Pane, _ stream: Pane) -> [Pane: Rect]
    {
        switch form {
        case .tooSmall: return [:]
        case .single: return [focus: body]
        case .pair:
            let (above, below) = body.split(top: body.height * (focus.isTable ? 6 : 4) / 10)
            return [table: above, stream: below]
        case .tall:
            let (clients, rest) = body.split(top: body.height * 3 / 10)
            let (topics, lower) = rest.split(top: body.height * 2 / 10)
            let (messages, publish) = lower.split(top: lower.height - 9)
            return [.clients: clients, .topics: topics, .messages: messages, .publish: publish]
        case .wide:
            let (clients, lower) = body.split(top: body.height * 45 / 100)
            let (left, rest) = lower.split(left: min(max(body.width * 30 / 100, 36), 64))
            if lower.height >= 18 {
                // Messages are read across: they get the width, the two others share the height.
                let (topics, publish) = left.split(top: lower.height - max(9, lower.height * 4 / 10))
                return [.clients: clients, .topics: topics, .messages: rest, .publish: publish]
            }
            let (messages, publish) = rest.split(left: rest.width - min(max(body.width * 27 / 100, 34), 60))
            return [.clients: clients, .topics: left, .messages: messages, .publish: publish]
        }
    }
}
