import ZaichikProtocol

extension Role {
    /// The role of a client's state: good, a warning, or bad.
    static func state(_ state: ClientState) -> Role {
        switch state {
        case .idle: .quiet
        case .publishing: .text
        case .keepingUp: .good
        case .draining, .paused, .blocked: .warning
        case .fallingBehind, .commitsStopped, .notReading, .losing: .bad
        }
    }
}
