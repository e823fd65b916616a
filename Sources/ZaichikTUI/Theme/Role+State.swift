import ZaichikProtocol

extension Role {
    /// How good or bad a client's state is.
    static func state(_ state: ClientState) -> Role {
        switch state {
        case .idle: .quiet
        case .publishing: .text
        case .keepingUp: .good
        case .draining, .paused, .blocked: .warning
        case .fallingBehind, .commitsStopped, .notReading: .bad
        }
    }
}
