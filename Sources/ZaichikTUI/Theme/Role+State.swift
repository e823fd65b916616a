import ZaichikProtocol

extension Role {
    /// The role of a client's state: good, a warning, bad, or losing messages.
    static func state(_ state: ClientState) -> Role {
        switch state {
        case .idle: .quiet
        case .publishing: .text
        case .keepingUp: .good
        case .draining, .paused, .windowTooSmall: .warning
        case .absent: .absent
        case .blocked, .fallingBehind, .commitsStopped, .notReading, .poisoned: .bad
        case .losing: .losing
        }
    }
}

extension ClientState {
    /// Deliveries are out, and nothing comes back.
    var isStopped: Bool { self == .commitsStopped || self == .notReading || self == .poisoned }
}
