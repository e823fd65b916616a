/// What the palette remembers while its prompt is open, and from one time to the next.
struct PaletteState: Equatable {
    private static let mostRecent = 20

    /// The place of the chosen entry among those that fit.
    var selected = 0
    /// The names of what was done last, the newest first.
    private(set) var recent: [String] = []

    mutating func remember(_ name: String) {
        recent.removeAll { $0 == name }
        recent.insert(name, at: 0)
        if recent.count > Self.mostRecent { recent.removeLast() }
    }
}
