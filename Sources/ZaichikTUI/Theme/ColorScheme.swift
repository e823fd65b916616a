/// A set of colours.
enum ColorScheme: String, Sendable, CaseIterable {
    case colors256 = "256"
    case colors16 = "16"
    case colors8 = "8"
    case none

    /// - Parameters:
    ///   - terminal: How many colours the terminal has.
    ///   - environment: `NO_COLOR`, if it is set and not empty, means none. https://no-color.org
    init(terminal: Int, environment: [String: String]) {
        if let wish = environment["NO_COLOR"], !wish.isEmpty {
            self = .none
        } else {
            self =
                switch terminal {
                case 256...: .colors256
                case 16...: .colors16
                case 8...: .colors8
                default: .none
                }
        }
    }
}
