import Foundation
import Testing

@testable import ZaichikTUI

/// Every text can be read: in every scheme, on every background, selected or not.
@Suite struct ThemeTests {
    struct Look: CustomTestStringConvertible, Sendable {
        var scheme: ColorScheme
        var background: Background
        var name = ThemeName.standard
        var theme: Theme { Theme(scheme: scheme, background: background, name: name) }
        var testDescription: String { "\(scheme.rawValue) colours, \(background), \(name.rawValue)" }
    }

    static let looks = ColorScheme.allCases.flatMap { scheme in
        Background.allCases.flatMap { background in
            [.standard, .highContrast, .colorBlind].map { Look(scheme: scheme, background: background, name: $0) }
        }
    }

    private static let texts: [Role] =
        [
            .text, .quiet, .strong, .title, .titleFocused, .columnTitle, .columnSorted, .good, .warning, .bad, .losing,
            .own, .sparkline, .key, .keyText, .noticeGood, .noticeBad, .gap, .match,
            .dataName, .dataText, .dataNumber, .dataWord,
        ] + (0..<10).map(Role.topic)
    private static let bars: [Role] =
        [
            .header, .headerLabel, .headerOld, .headerGood, .headerWarning, .headerBad, .tab, .tabFocused, .field,
            .fieldFocused,
            .paused,
        ] + ProfileColor.allCases.map(Role.profile)

    // MARK: Contrast

    @Test("the contrast of every text to what it stands on is 4.5 or more", arguments: looks)
    func contrast(look: Look) {
        for role in Self.texts + Self.bars { expectReadable(look.theme[role], look, "\(role)") }
    }

    @Test("and so it is in a selected row, with the focus and without it", arguments: looks)
    func selected(look: Look) {
        for selection in [Role.selection, .selectionFocused] {
            for role in Self.texts {
                let style = look.theme.laid(look.theme[selection], over: look.theme[role])
                expectReadable(style, look, "\(role) in \(selection)")
            }
        }
    }

    @Test("and in fields: what is typed, what is selected, and the example in an empty one", arguments: looks)
    func fields(look: Look) {
        for field in [Role.field, .fieldFocused] {
            expectReadable(look.theme.laid(look.theme[.fieldSelected], over: look.theme[field]), look, "\(field)")
            var placeholder = look.theme[.placeholder]
            placeholder.background = look.theme[field].background
            expectReadable(placeholder, look, "placeholder in \(field)")
        }
    }

    @Test("lines have 3 or more, as what is no text", arguments: looks)
    func borders(look: Look) {
        for role in [Role.border, .borderFocused] { expectReadable(look.theme[role], look, "\(role)", least: 3) }
    }

    @Test("the terminal's own colour of text is never on a background of ours", arguments: looks)
    func pairs(look: Look) {
        for role in Self.texts + Self.bars + [.selectionFocused] {
            let style = look.theme[role]
            #expect(style.background == nil || style.foreground != nil, "\(role)")
        }
    }

    @Test("with high contrast it is 7 or more in the palette of 256", arguments: [Background.dark, .light])
    func highContrast(background: Background) {
        let look = Look(scheme: .colors256, background: background, name: .highContrast)
        for role in Self.texts where role != .losing && role != .match {
            expectReadable(look.theme[role], look, "\(role)", least: 7)
        }
    }

    @Test(
        "good, warning and bad differ in how bright they are or in blue, not in red and green",
        arguments: Background.allCases)
    func colorBlind(background: Background) {
        let theme = Theme(scheme: .colors256, background: background, name: .colorBlind)
        let styles = [Role.good, .warning, .bad].map { theme[$0].foreground }
        #expect(Set(styles).count == 3)
    }

    @Test("a theme for a dark or a light terminal does not ask the terminal, and monochrome has no colours")
    func named() {
        let theme = Theme(scheme: .colors256, background: .unknown)
        #expect(theme.named(.dark).background == .dark && theme.named(.light).on(.dark).background == .light)
        #expect(theme.named(.monochrome).scheme == .none)
        #expect(theme.named(.monochrome).named(.standard).scheme == .colors256, "it can be left again")
    }

    // MARK: What must differ

    @Test("a selected row differs from the others, and the bars of its sparkline are not reversed", arguments: looks)
    func selectionIsSeen(look: Look) {
        let theme = look.theme
        for selection in [Role.selection, .selectionFocused] {
            for role in [Role.text, .quiet, .strong] {
                #expect(theme.laid(theme[selection], over: theme[role]) != theme[role], "\(role)")
            }
            let bars = theme.laid(theme[selection], over: theme[.sparkline])
            #expect(!bars.attributes.contains(.reverse))
        }
    }

    @Test("losing looks like no other state, in a selected row too", arguments: looks)
    func losing(look: Look) {
        let theme = look.theme
        for role in [Role.text, .quiet, .good, .warning, .bad] {
            #expect(theme[.losing] != theme[role])
            let selected = { theme.laid(theme[.selectionFocused], over: theme[$0]) }
            #expect(selected(.losing) != selected(role), "\(role), selected")
        }
    }

    @Test("a place that was found is seen in the line with the cursor, too", arguments: looks)
    func match(look: Look) {
        let theme = look.theme
        let selected = { theme.laid(theme[.selectionFocused], over: theme[$0]) }
        #expect(theme[.match] != theme[.text] && selected(.match) != selected(.text))
    }

    // MARK: Which theme it is

    @Test("the scheme is what the terminal has; NO_COLOR means none, unless it is empty")
    func schemes() {
        let of = { ColorScheme(terminal: $0, environment: [:]) }
        #expect(
            [0, 2, 8, 15, 16, 88, 256, 1 << 24].map(of).map(\.rawValue) == [
                "none", "none", "8", "8", "16", "16", "256", "256",
            ])
        #expect(ColorScheme(terminal: 256, environment: ["NO_COLOR": "1"]) == .none)
        #expect(ColorScheme(terminal: 256, environment: ["NO_COLOR": ""]) == .colors256)
    }

    @Test(
        "COLORFGBG tells the background, and the console of Linux is black",
        arguments: [
            ("15;0", "xterm", Background.dark), ("0;15", "xterm", .light), ("0;default;15", "rxvt", .light),
            ("7;8", "xterm", .dark), ("0;7", "xterm", .light), ("default;default", "xterm", .unknown),
            ("", "xterm", .unknown), ("", "linux", .dark), ("0;15", "linux", .light),
        ])
    func backgrounds(value: String, term: String, expected: Background) {
        #expect(Background(environment: ["COLORFGBG": value, "TERM": term]) == expected)
        #expect(Background(environment: ["TERM": "xterm"]) == .unknown)
    }

    @Test("a colour that the terminal tells is dark or light")
    func told() {
        #expect(Background(red: 0, green: 0, blue: 0) == .dark)
        #expect(Background(red: 0xFD, green: 0xF6, blue: 0xE3) == .light)
        #expect(Background(red: 0x28, green: 0x2C, blue: 0x34) == .dark)
        #expect(Background(red: 0, green: 0, blue: 255) == .dark)
        #expect(Background(red: 255, green: 255, blue: 0) == .light)
    }

    @Test(
        "only terminals that know the question are asked",
        arguments: ["vt100", "linux", "dumb", "ansi", "eterm-color", ""])
    func notAsked(term: String) {
        #expect(!Background.canBeAsked(term: term))
        #expect(Background.canBeAsked(term: "xterm-256color") && Background.canBeAsked(term: "screen.xterm"))
    }

    // MARK: Reckoning

    private func expectReadable(_ style: Style, _ look: Look, _ what: String, least: Double = 4.5) {
        for screen in Self.screens(look) {
            for ratio in Self.contrasts(style, look.scheme, screen) {
                #expect(ratio >= least, "\(what): \(style) on \(screen.background) has \(ratio)")
            }
        }
    }

    struct Color: Equatable {
        var red, green, blue: Int

        init(_ red: Int, _ green: Int, _ blue: Int) { (self.red, self.green, self.blue) = (red, green, blue) }

        /// A number of the palette; the first 16 as xterm has them.
        init(_ number: UInt8) {
            let first = [
                (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
                (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255),
                (0, 255, 255), (255, 255, 255),
            ]
            let number = Int(number)
            switch number {
            case ..<16: self.init(first[number].0, first[number].1, first[number].2)
            case ..<232:
                let steps = [0, 95, 135, 175, 215, 255]
                self.init(steps[(number - 16) / 36], steps[(number - 16) / 6 % 6], steps[(number - 16) % 6])
            default: self.init(8 + 10 * (number - 232), 8 + 10 * (number - 232), 8 + 10 * (number - 232))
            }
        }

        /// The relative luminance of WCAG 2.
        var luminance: Double {
            let part = { (value: Int) -> Double in
                let share = Double(value) / 255
                return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
        }
    }

    struct Screen {
        var text: Color
        var background: Color
    }

    private static func screens(_ look: Look) -> [Screen] {
        let dark = [
            Screen(text: Color(229, 229, 229), background: Color(0, 0, 0)),
            Screen(text: Color(229, 229, 229), background: Color(0x1E, 0x1E, 0x1E)),
        ]
        let light = [
            Screen(text: Color(0, 0, 0), background: Color(255, 255, 255)),
            Screen(text: Color(0, 0, 0), background: Color(0xFD, 0xF6, 0xE3)),
        ]
        // With few colours the others are xterm's, too.
        let isExact = look.scheme != .colors256
        return switch look.background {
        case .dark: isExact ? [dark[0]] : dark
        case .light: isExact ? [light[0]] : light
        // Of greys in between no colour is far enough from both.
        case .unknown: [dark[0], light[0]]
        }
    }

    /// Of a style as it is drawn; with few colours, bold may be shown in the bright one.
    private static func contrasts(_ style: Style, _ scheme: ColorScheme, _ screen: Screen) -> [Double] {
        var front = [style.foreground.map(Color.init) ?? screen.text]
        let back = style.background.map(Color.init) ?? screen.background
        if scheme != .colors256, style.attributes.contains(.bold), let number = style.foreground, number < 8 {
            front.append(Color(number + 8))
        }
        return front.map { color in
            let (first, second) = (color.luminance + 0.05, back.luminance + 0.05)
            return max(first, second) / min(first, second)
        }
    }
}
