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
}
