/// Something wrong in the configuration: where, what, and what would be right.
struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// Such as `terminal.yaml:3:5`.
    var place: String
    var text: String

    var description: String { "\(place): \(text)" }
}
