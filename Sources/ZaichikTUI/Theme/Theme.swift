/// The styles of the roles in one scheme on one background.
///
/// Every text can be read: its contrast is 4.5 or more wherever the colours are known. So a style that has a background
/// has a foreground too, and a foreground alone is one that the terminal's background allows.
struct Theme: Sendable {
    let scheme: ColorScheme
    let background: Background
    let name: ThemeName
    /// The terminal shows ASCII only.
    var isASCII = false
    /// What the terminal can do and says of itself, for another theme.
    private let terminal: (scheme: ColorScheme, background: Background)

    init(scheme: ColorScheme, background: Background = .unknown, name: ThemeName = .standard) {
        terminal = (scheme, background)
        self.name = name
        self.scheme = name == .monochrome ? .none : scheme
        self.background = name == .dark ? .dark : name == .light ? .light : background
    }

    /// The same terminal with another theme.
    func named(_ name: ThemeName) -> Theme {
        var theme = Theme(scheme: terminal.scheme, background: terminal.background, name: name)
        theme.isASCII = isASCII
        return theme
    }

    /// The same theme on a background that the terminal has told.
    func on(_ background: Background) -> Theme {
        var theme = Theme(scheme: terminal.scheme, background: background, name: name)
        theme.isASCII = isASCII
        return theme
    }

    subscript(role: Role) -> Style {
        switch scheme {
        case .colors256: Palette256.of(background, name).style(role)
        case .colors16: Palette16(background: background, isBright: true, isColorBlind: name == .colorBlind).style(role)
        case .colors8: Palette16(background: background, isBright: false, isColorBlind: name == .colorBlind).style(role)
        case .none: Self.styleNone(role)
        }
    }

    /// The style of a cell that a selection is laid over.
    func laid(_ selection: Style, over cell: Style) -> Style {
        var attributes = cell.attributes.union(selection.attributes)
        // What is reversed already stands out by not being so. Reversed bars would be those of other figures.
        if cell.attributes.contains(.graphic) || cell.attributes.intersection(selection.attributes).contains(.reverse) {
            attributes.remove(.reverse)
        }
        guard selection.background != nil, cell.background == nil else {
            return Style(foreground: cell.foreground, background: cell.background, attributes: attributes)
        }
        guard let color = cell.foreground, keepsColors else {
            // Bold black is grey in many terminals of few colours.
            if scheme != .colors256 { attributes.remove(.bold) }
            return Style(foreground: selection.foreground, background: selection.background, attributes: attributes)
        }
        return Style(foreground: color, background: selection.background, attributes: attributes)
    }

    /// Whether the colours of texts can be read on a selection, too.
    private var keepsColors: Bool { scheme == .colors256 && background != .unknown }

    /// The scheme without colours: attributes only.
    private static func styleNone(_ role: Role) -> Style {
        switch role {
        case .text, .quiet, .border, .title, .columnTitle, .keyText, .field, .good, .tab, .topic, .noticeGood,
            .headerLabel, .headerGood, .dataText, .dataNumber, .dataWord:
            .plain
        case .sparkline: Style(attributes: .graphic)
        case .strong, .warning, .own, .absent, .key, .dataName, .gap, .borderFocused, .header, .headerWarning:
            Style(attributes: .bold)
        case .titleFocused, .columnSorted, .bad, .noticeBad, .match, .headerBad: Style(attributes: [.bold, .underline])
        case .selection, .fieldFocused: Style(attributes: .underline)
        case .selectionFocused, .tabFocused, .paused, .fieldSelected: Style(attributes: .reverse)
        case .losing, .profile: Style(attributes: [.reverse, .bold])
        case .placeholder, .headerOld: Style(attributes: .dim)
        }
    }
}
