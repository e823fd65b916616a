/// The colours of terminals that have 16 or 8. Their looks are known roughly, so few are used: those that can be read on
/// the background, or on a background that they bring along.
///
/// Bold is for text without a colour, and for white: many terminals show bold text in a brighter colour.
struct Palette16: Sendable {
    var background: Background
    /// There are the bright ones, 8 to 15.
    var isBright: Bool
    /// Nothing depends on telling red from green.
    var isColorBlind = false

    func style(_ role: Role) -> Style {
        switch role {
        case .text, .quiet, .border, .title, .dataWord, .columnTitle, .keyText, .field, .tab: .plain
        case .strong: Style(attributes: .bold)
        case .header, .headerGood: Style(foreground: 7, background: 4, attributes: .bold)
        case .headerLabel: Style(foreground: 7, background: 4)
        case .headerOld: Style(foreground: 7, background: 4, attributes: .dim)
        case .headerWarning: Style(foreground: 3, background: 4)
        case .headerBad, .losing: Style(foreground: 7, background: 1, attributes: .bold)
        case .borderFocused, .own, .absent, .dataName: accent
        case .titleFocused, .columnSorted, .key: marked(accent)
        case .selection: Style(attributes: .underline)
        case .selectionFocused, .tabFocused: Style(foreground: 0, background: 6)
        case .good, .noticeGood, .dataText: background == .dark ? Style(foreground: isColorBlind ? 6 : 2) : .plain
        case .warning, .gap, .dataNumber: warning
        case .bad, .noticeBad: bad
        case .sparkline: Style(foreground: accent.foreground, attributes: .graphic)
        case .fieldFocused: Style(attributes: .underline)
        case .fieldSelected: Style(attributes: .reverse)
        case .placeholder: Style(attributes: .dim)
        case .match, .paused: Style(foreground: 0, background: 3)
        // White on red and blue, black on the bright ones; neither is readable on magenta.
        case .profile(.magenta): Style(attributes: [.reverse, .bold])
        case .profile(let color):
            Style(foreground: color == .red || color == .blue ? 7 : 0, background: color.number)
        case .topic(let number): topics.isEmpty ? .plain : Style(foreground: topics[number % topics.count])
        }
    }

    private var accent: Style {
        switch background {
        case .dark: Style(foreground: 6)
        case .light: Style(foreground: 4)
        case .unknown: .plain
        }
    }

    private var warning: Style {
        switch background {
        case .dark: Style(foreground: 3)
        case .light, .unknown: Style(attributes: .bold)
        }
    }

    /// Red on black is too dark where there is no bright one.
    private var bad: Style {
        if isColorBlind, background == .dark { return Style(foreground: 3, attributes: .underline) }
        return switch background {
        case .dark: isBright ? Style(foreground: 9) : Style(foreground: 7, background: 1)
        case .light: Style(foreground: 1, attributes: .underline)
        case .unknown: Style(attributes: [.bold, .underline])
        }
    }

    private var topics: [UInt8] {
        switch background {
        case .dark: [6, 2, 3]
        case .light: [4]
        case .unknown: []
        }
    }

    private func marked(_ style: Style) -> Style {
        style.foreground == nil ? Style(attributes: .bold) : style
    }
}
