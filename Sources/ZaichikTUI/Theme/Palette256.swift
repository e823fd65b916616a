/// The colours for one background in the palette of 256, which is the same in all terminals but for its first 16.
struct Palette256: Sendable {
    /// Colours of text on the terminal's own background.
    var quiet, title, accent, good, warning, bad, own, absent, sparkline, gap: UInt8
    /// The colours of topics, one after the other.
    var topics: [UInt8]
    /// Of lines, which are no text.
    var border: UInt8
    var selection, selectionFocused, tab, tabFocused, field, fieldFocused: Style
    /// On both kinds of fields.
    var placeholder: UInt8

    static func of(_ background: Background, _ name: ThemeName = .standard) -> Palette256 {
        switch (name, background) {
        case (.highContrast, .dark): dark.withContrast
        case (.highContrast, .light): light.withContrast
        case (.colorBlind, .dark): dark.colorBlind
        case (.colorBlind, .light): light.colorBlind
        case (.colorBlind, .unknown): either.colorBlind
        case (_, .dark): dark
        case (_, .light): light
        case (_, .unknown): either
        }
    }

    static let dark = Palette256(
        quiet: 246, title: 248, accent: 75, good: 108, warning: 179, bad: 203, own: 80, absent: 176, sparkline: 74,
        gap: 215,
        topics: [75, 114, 179, 176, 80, 209, 147, 150, 217, 38], border: 242,
        selection: Style(foreground: 253, background: 235), selectionFocused: Style(foreground: 255, background: 17),
        tab: Style(foreground: 246, background: 235),
        tabFocused: Style(foreground: 232, background: 75, attributes: .bold),
        field: Style(foreground: 253, background: 235), fieldFocused: Style(foreground: 255, background: 237),
        placeholder: 248)

    static let light = Palette256(
        quiet: 240, title: 238, accent: 25, good: 22, warning: 58, bad: 124, own: 23, absent: 54, sparkline: 24,
        gap: 90,
        topics: [25, 22, 90, 58, 23, 88, 54, 125, 24, 91], border: 245,
        selection: Style(foreground: 236, background: 254), selectionFocused: Style(foreground: 234, background: 189),
        tab: Style(foreground: 240, background: 254),
        tabFocused: Style(foreground: 231, background: 25, attributes: .bold),
        field: Style(foreground: 236, background: 254), fieldFocused: Style(foreground: 232, background: 189),
        placeholder: 240)

    /// Of the palette just six colours, and greys, have a contrast of 4.5 to black and to white.
    static let either = Palette256(
        quiet: 243, title: 243, accent: 63, good: 29, warning: 131, bad: 163, own: 29, absent: 98, sparkline: 63,
        gap: 131,
        topics: [63, 29, 98, 131, 163], border: 243,
        selection: Style(attributes: .underline), selectionFocused: Style(foreground: 255, background: 24),
        tab: dark.tab, tabFocused: Style(foreground: 231, background: 25, attributes: .bold),
        field: dark.field, fieldFocused: dark.fieldFocused, placeholder: dark.placeholder)

    func style(_ role: Role) -> Style {
        switch role {
        case .text: .plain
        case .quiet, .columnTitle, .keyText: Style(foreground: quiet)
        case .strong: Style(attributes: .bold)
        case .border: Style(foreground: border)
        case .borderFocused: Style(foreground: accent)
        case .title: Style(foreground: title)
        case .titleFocused, .columnSorted, .key: Style(foreground: accent, attributes: .bold)
        case .selection: selection
        case .selectionFocused: selectionFocused
        case .good, .noticeGood: Style(foreground: good)
        case .warning: Style(foreground: warning)
        case .bad: Style(foreground: bad)
        case .noticeBad: Style(foreground: bad, attributes: .bold)
        case .losing: Style(foreground: 231, background: 160, attributes: .bold)
        case .own: Style(foreground: own)
        case .absent: Style(foreground: absent)
        case .sparkline: Style(foreground: sparkline, attributes: .graphic)
        case .tab: tab
        case .tabFocused: tabFocused
        case .field: field
        case .fieldFocused: fieldFocused
        case .fieldSelected: Style(attributes: .reverse)
        case .placeholder: Style(foreground: placeholder)
        case .gap: Style(foreground: gap, attributes: .bold)
        case .match: Style(foreground: 16, background: 222)
        case .profile(let color): Self.profile(color)
        case .topic(let number): Style(foreground: topics[number % topics.count])
        case .dataName: Style(foreground: accent)
        case .dataText: Style(foreground: good)
        case .dataNumber: Style(foreground: warning)
        case .dataWord: Style(foreground: absent)
        case .header, .headerLabel, .headerOld, .headerGood, .headerWarning, .headerBad, .paused: Self.bar(role)
        }
    }

    /// A colour on which white or black can be read.
    private static func profile(_ color: ProfileColor) -> Style {
        switch color {
        case .red: Style(foreground: 231, background: 124, attributes: .bold)
        case .green: Style(foreground: 231, background: 22, attributes: .bold)
        case .yellow: Style(foreground: 16, background: 220, attributes: .bold)
        case .blue: Style(foreground: 231, background: 25, attributes: .bold)
        case .magenta: Style(foreground: 231, background: 90, attributes: .bold)
        case .cyan: Style(foreground: 16, background: 80, attributes: .bold)
        }
    }

    /// The header is a dark bar on any background.
    private static func bar(_ role: Role) -> Style {
        switch role {
        case .headerLabel: Style(foreground: 248, background: 236)
        case .headerOld: Style(foreground: 248, background: 236, attributes: .dim)
        case .headerGood: Style(foreground: 108, background: 236)
        case .headerWarning: Style(foreground: 179, background: 236)
        case .headerBad: Style(foreground: 210, background: 236, attributes: .bold)
        case .paused: Style(foreground: 232, background: 179, attributes: .bold)
        default: Style(foreground: 253, background: 236)
        }
    }
}
