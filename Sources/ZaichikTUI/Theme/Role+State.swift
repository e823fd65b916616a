import ZaichikProtocol

extension Role {
    /// The role of a client's state: good, a warning, bad, or losing messages.
    static func state(_ state: ClientState) -> Role {
        switch state {
        case .idle: .quiet
        case .publishing: .text
        case .keepingUp: .good
        case .draining, .paused, .blocked, .windowTooSmall: .warning
        case .absent: .absent
        case .fallingBehind, .commitsStopped, .notReading, .poisoned: .bad
        case .losing: .losing
        }
    }
}
