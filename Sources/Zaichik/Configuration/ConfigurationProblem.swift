/// Something wrong in the configuration: where, what, and what would be right.
struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// Such as `zaichik.yaml:3:5`, or the name of a variable.
    var place: String
    var text: String

    var description: String { "\(place): \(text)" }
}

extension [ConfigurationProblem] {
    /// The error of a command that cannot go on.
    var failure: CommandFailure {
        CommandFailure(map(\.description).joined(separator: "\nzaichik: "))
    }
}
