import ZaichikProtocol

/// Tells which changes of a queue's state are worth an event. A value without a clock: it is asked once a second.
///
/// A state has to last before it is told, and going from one good state to another is none of anybody's trouble.
struct VerdictWatch {
    private var told = ClientState.idle
    private var next = ClientState.idle
    /// For how many looks the next state has lasted.
    private var looks: UInt8 = 0

    /// For how many looks a state has to last.
    static let patience: UInt8 = 3

    struct Change: Equatable {
        var from: ClientState
        var to: ClientState
    }

    /// - Returns: The change, if there is one to be told.
    mutating func look(_ state: ClientState) -> Change? {
        guard state != told else {
            looks = 0
            return nil
        }
        if state != next { looks = 0 }
        next = state
        looks += 1
        guard looks >= Self.patience || told.isFine && state.isFine else { return nil }
        let change = Change(from: told, to: state)
        told = state
        looks = 0
        return change.from.isFine && change.to.isFine ? nil : change
    }
}

extension ClientState {
    fileprivate var isFine: Bool { self == .idle || self == .publishing || self == .keepingUp }
}
