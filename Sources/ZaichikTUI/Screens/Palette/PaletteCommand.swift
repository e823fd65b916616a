/// A command of the palette that takes an argument, or is no key's action.
///
/// A pane adds its own with ``PaneContent/commands``; those that belong to no pane stand in ``PaletteCommand/everywhere``.
struct PaletteCommand: Sendable {
    /// What a command does to the program, or why it cannot.
    enum Outcome {
        case done([Effect])
        /// What is wrong with the argument, and what would be right. It stays in the prompt.
        case problem(String)
    }

    /// A word in lower case. An action or a pane of the same name is not listed beside it: without an argument the command does that.
    var name: String
    /// A word for what is to be typed after the name; nil if that is nothing.
    var argument: String?
    /// Whether it does something without an argument, too.
    var isArgumentOptional = false
    var help: String
    /// What may be typed as the argument, the likely first.
    var offers: @Sendable (Model) -> [String] = { _ in [] }
    /// What to say of an argument that is offered; nil if there is nothing beyond ``help``.
    var about: @Sendable (Model, String) -> String? = { _, _ in nil }
    /// Why it would do nothing now; nil if it can be done.
    var obstacle: @Sendable (Model) -> String? = { _ in nil }
    /// Does it. Blanks at the ends of the argument are gone.
    var run: @Sendable (_ model: inout Model, _ argument: String, _ now: Moment) -> Outcome

    /// How it is typed, such as `sub PATTERN`.
    var usage: String {
        guard let argument else { return name }
        return isArgumentOptional ? "\(name) [\(argument)]" : "\(name) \(argument)"
    }
}
