import ZaichikProtocol

/// A client's state in one word.
public enum StateText {
    /// Whether somebody should look at a client in a state.
    public static func isTrouble(_ state: ClientState) -> Bool {
        switch state {
        case .losing, .blocked, .poisoned, .notReading, .commitsStopped, .fallingBehind, .windowTooSmall: true
        case .idle, .publishing, .keepingUp, .draining, .paused, .absent: false
        }
    }

    /// That of a client that loses messages is the loudest.
    public static func word(_ state: ClientState) -> String {
        state == .losing ? state.description.uppercased() : state.description
    }
}
