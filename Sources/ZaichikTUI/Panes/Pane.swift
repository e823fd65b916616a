/// The content of a pane: everything in which panes differ from each other.
///
/// A new pane is a type that conforms to this, in a file of its own, and its row in ``PaneTable/standard``. It needs a
/// name, a slot and something to show. ``LinesPane`` and ``TablePane`` do the rest for lists of lines and for tables.
protocol PaneContent: SendableMetatype {
    /// In its title, its tab and the help.
    static var name: String { get }
    static var slot: PaneSlot { get }
    /// How many rows within the frame do not scroll.
    static var headRows: Int { get }
    /// The keys that only this pane has, besides those of all panes.
    static var keys: [Binding] { get }
    /// What the command palette has because of this pane, besides the actions of its keys.
    static var commands: [PaletteCommand] { get }

    // MARK: Updating. `rows` is the number of its rows that are seen.

    /// The focus that decides what keys mean while this pane has the screen's focus.
    static func keyFocus(_ model: Model) -> Focus
    static func move(_ model: inout Model, by distance: Int, rows: Int)
    static func moveToEnd(_ model: inout Model, rows: Int)
    /// A click into one of its rows, counted from the first that is seen; rows that do not scroll are below 0.
    static func press(_ model: inout Model, row: Int, in area: PaneArea)
    /// The Enter key.
    static func open(_ model: inout Model) -> [Effect]
    /// The Esc key.
    static func goBack(_ model: inout Model) -> [Effect]
    /// Brings the cursor back into what is seen, after the screen or the rows changed.
    static func keepCursorSeen(_ model: inout Model, rows: Int)
    /// What an act would be about: the row under its cursor.
    static func actTarget(_ model: Model) -> ActTarget?
    /// The topic under its cursor, which prompts offer.
    static func topic(_ model: Model) -> String?
    /// What a drawer shows of the row under its cursor; nil if its rows have none.
    static func drawerSubject(_ model: Model) -> DrawerSubject?
    /// A click into the rows that do not scroll.
    ///
    /// - Parameter x: The column, from the left of the screen.
    static func pressHead(_ model: inout Model, at x: Int, in area: PaneArea) -> [Effect]

    // MARK: Remembering

    /// What of it is remembered from one time to the next: names without blanks, and values of one line.
    static func saved(_ model: Model) -> [String: String]
    /// Takes what was remembered; what is not understood is passed over.
    static func restore(_ model: inout Model, _ saved: [String: String])

    // MARK: Drawing

    /// The spans of its title after its number and name.
    static func title(_ model: Model) -> [Span]
    /// Its rows with all their figures, for `--once --json`; nil if it is no table.
    static func rows(_ model: Model) -> [JSONObject]?
    /// Draws within the frame, which is there already.
    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter)
}

extension PaneContent {
    static var headRows: Int { 0 }
    static var keys: [Binding] { [] }
    static var commands: [PaletteCommand] { [] }

    static func keyFocus(_ model: Model) -> Focus { .pane(Pane(self)) }
    static func moveToEnd(_ model: inout Model, rows: Int) { move(&model, by: 1_000_000, rows: rows) }
    static func press(_ model: inout Model, row: Int, in area: PaneArea) {}
    static func open(_ model: inout Model) -> [Effect] { [] }
    static func goBack(_ model: inout Model) -> [Effect] { [] }
    static func keepCursorSeen(_ model: inout Model, rows: Int) {}
    static func actTarget(_ model: Model) -> ActTarget? { nil }
    static func topic(_ model: Model) -> String? { nil }
    static func saved(_ model: Model) -> [String: String] { [:] }
    static func restore(_ model: inout Model, _ saved: [String: String]) {}
    static func drawerSubject(_ model: Model) -> DrawerSubject? { nil }
    static func pressHead(_ model: inout Model, at x: Int, in area: PaneArea) -> [Effect] { [] }
    static func title(_ model: Model) -> [Span] { [] }
    static func rows(_ model: Model) -> [JSONObject]? { nil }
}

/// One of the panes, as a value: two are the same if their content is.
struct Pane: Hashable, Sendable, CustomStringConvertible {
    let content: any PaneContent.Type

    init(_ content: any PaneContent.Type) { self.content = content }

    var name: String { content.name }
    var slot: PaneSlot { content.slot }
    var description: String { name }

    func area(in layout: ScreenLayout) -> PaneArea {
        PaneArea(layout.panes[self] ?? Rect(x: 0, y: 0, width: 0, height: 0), headRows: content.headRows)
    }

    static func == (first: Pane, second: Pane) -> Bool { first.content == second.content }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(content)) }
}
