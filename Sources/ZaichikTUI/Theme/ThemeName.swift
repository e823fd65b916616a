/// A set of styles that a person chooses.
enum ThemeName: String, CaseIterable, Sendable {
    /// Chosen for the terminal's background.
    case standard
    /// For a dark or a light terminal, whatever it says of itself.
    case dark
    case light
    /// Every text has a contrast of 7 or more, where the colours are known.
    case highContrast = "high-contrast"
    /// Good, warning and bad are blue, yellow and orange, which do not depend on telling red from green.
    case colorBlind = "color-blind"
    /// Attributes instead of colours.
    case monochrome

    /// For a person who chooses among them.
    var about: String {
        switch self {
        case .standard: "what suits the terminal's background"
        case .dark: "for a dark terminal, whatever it says of itself"
        case .light: "for a light terminal, whatever it says of itself"
        case .highContrast: "a contrast of 7 or more everywhere"
        case .colorBlind: "good, warning and bad as blue, yellow and orange"
        case .monochrome: "bold, underlined and reversed instead of colours"
        }
    }
}
