import ZaichikProtocol

/// A client's state in one word.
public enum StateText {
    /// That of a client that loses messages is the loudest.
    public static func word(_ state: ClientState) -> String {
        state == .losing ? state.description.uppercased() : state.description
    }
}
