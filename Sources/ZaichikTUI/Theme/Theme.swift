/// A set of colours.
enum ColorScheme: String, Sendable, CaseIterable {
    case colors256 = "256"
    case colors16 = "16"
    case none

    /// - Parameters:
    ///   - terminal: How many colours the terminal has.
    ///   - environment: `NO_COLOR`, if it is set and not empty, means none. https://no-color.org
    init(terminal: Int, environment: [String: String]) {
        if let wish = environment["NO_COLOR"], !wish.isEmpty {
            self = .none
        } else {
            self = terminal >= 256 ? .colors256 : terminal >= 8 ? .colors16 : .none
        }
    }
}

/// The styles of the roles in one scheme.
struct Theme: Sendable {
    /// The colours for topics, in the schemes that have any.
    static let topicColors256: [UInt8] = [75, 114, 179, 176, 80, 209, 147, 150, 217, 38]
    static let topicColors16: [UInt8] = [6, 2, 3, 5, 4]

    let scheme: ColorScheme

    subscript(role: Role) -> Style {
        switch scheme {
        case .colors256: Self.style256(role)
        case .colors16: Self.style16(role)
        case .none: Self.styleNone(role)
        }
    }

    private static func style256(_ role: Role) -> Style {
        switch role {
        case .text: .plain
        case .quiet: Style(foreground: 244)
        case .strong: Style(attributes: .bold)
        case .header: Style(foreground: 253, background: 236)
        case .headerLabel: Style(foreground: 246, background: 236)
        case .border: Style(foreground: 239)
        case .borderFocused: Style(foreground: 75)
        case .title: Style(foreground: 248)
        case .titleFocused: Style(foreground: 75, attributes: .bold)
        case .columnTitle: Style(foreground: 246)
        case .columnSorted: Style(foreground: 75, attributes: .bold)
        case .selection: Style(background: 235)
        case .selectionFocused: Style(background: 237)
        case .good: Style(foreground: 108)
        case .warning: Style(foreground: 179)
        case .bad: Style(foreground: 203)
        case .own: Style(foreground: 80)
        case .sparkline: Style(foreground: 67)
        case .key: Style(foreground: 75, attributes: .bold)
        case .keyText: Style(foreground: 246)
        case .tab: Style(foreground: 246, background: 235)
        case .tabFocused: Style(foreground: 232, background: 75, attributes: .bold)
        case .field: Style(background: 235)
        case .fieldFocused: Style(foreground: 255, background: 238)
        case .fieldSelected: Style(attributes: .reverse)
        case .placeholder: Style(foreground: 244)
        case .noticeGood: Style(foreground: 108)
        case .noticeBad: Style(foreground: 203, attributes: .bold)
        case .gap: Style(foreground: 215, attributes: .bold)
        case .topic(let number): Style(foreground: topicColors256[number % topicColors256.count])
        case .paused: Style(foreground: 232, background: 179, attributes: .bold)
        }
    }

    private static func style16(_ role: Role) -> Style {
        switch role {
        case .text, .quiet, .border, .title, .columnTitle, .keyText, .field: .plain
        case .strong: Style(attributes: .bold)
        case .header: Style(foreground: 7, background: 4, attributes: .bold)
        case .headerLabel: Style(foreground: 7, background: 4)
        case .borderFocused: Style(foreground: 6)
        case .titleFocused, .columnSorted, .key: Style(foreground: 6, attributes: .bold)
        case .selection: Style(attributes: .underline)
        case .selectionFocused: Style(attributes: .reverse)
        case .good, .noticeGood: Style(foreground: 2)
        case .warning: Style(foreground: 3)
        case .bad: Style(foreground: 1)
        case .own: Style(foreground: 6)
        case .sparkline: Style(foreground: 4)
        case .tab: .plain
        case .tabFocused: Style(foreground: 0, background: 6)
        case .fieldFocused: Style(attributes: .underline)
        case .fieldSelected: Style(attributes: .reverse)
        case .placeholder: Style(attributes: .dim)
        case .noticeBad: Style(foreground: 1, attributes: .bold)
        case .gap: Style(foreground: 3, attributes: .bold)
        case .topic(let number): Style(foreground: topicColors16[number % topicColors16.count])
        case .paused: Style(foreground: 0, background: 3)
        }
    }

    /// The scheme without colours: attributes only.
    private static func styleNone(_ role: Role) -> Style {
        switch role {
        case .text, .quiet, .border, .title, .columnTitle, .keyText, .field, .good, .sparkline, .tab, .topic,
            .headerLabel, .noticeGood:
            .plain
        case .strong, .warning, .own, .key, .gap, .borderFocused: Style(attributes: .bold)
        case .header: Style(attributes: .bold)
        case .titleFocused, .columnSorted, .bad, .noticeBad: Style(attributes: [.bold, .underline])
        case .selection, .fieldFocused: Style(attributes: .underline)
        case .selectionFocused, .tabFocused, .paused, .fieldSelected: Style(attributes: .reverse)
        case .placeholder: Style(attributes: .dim)
        }
    }
}
