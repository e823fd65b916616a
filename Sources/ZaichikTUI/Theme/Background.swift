/// The terminal's own background, on which most text stands.
enum Background: String, Sendable, CaseIterable {
    case dark
    case light
    /// Neither the terminal nor its environment tells: only what can be read on both is used.
    case unknown

    /// The background, as far as the environment tells: rxvt, Konsole and others set `COLORFGBG` to the palette's numbers
    /// of text and background, such as `15;0`; the console of Linux is black.
    init(environment: [String: String]) {
        if let last = environment["COLORFGBG"]?.split(separator: ";").last, let color = Int(last) {
            self = color == 7 || color > 8 ? .light : .dark
        } else {
            self = environment["TERM"] == "linux" ? .dark : .unknown
        }
    }

    /// The background of a colour that the terminal told; each part from 0 to 255.
    init(red: Int, green: Int, blue: Int) {
        // How bright it looks, by the weights of BT.601.
        self = red * 299 + green * 587 + blue * 114 > 127 * 1000 ? .light : .dark
    }

    /// Whether a terminal of this type answers the question for its background, or passes over it in silence.
    static func canBeAsked(term: String) -> Bool {
        let families = [
            "xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "konsole", "gnome", "vte",
            "st-",
            "contour", "ghostty", "mintty", "iterm",
        ]
        return families.contains { term.hasPrefix($0) } || term == "st"
    }
}
