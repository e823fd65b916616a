import ZaichikProtocol

/// Texts about a message that was delivered before.
public enum RedeliveryText {
    /// The attempt, for one line of a stream; nil for the first one, which is nothing special.
    public static func mark(attempt: Int) -> String? { attempt > 1 ? "×\(attempt)" : nil }

    /// Why it comes again, and what was said of it.
    ///
    /// - Parameters:
    ///   - cause: nil if it is not known.
    ///   - reason: Of the client that returned it; empty if it gave none.
    public static func explanation(_ cause: RedeliveryCause?, reason: String) -> String {
        let text =
            switch cause {
            case .connectionEnded: "the connection that had it ended before it was committed"
            case .deadline: "it was not committed before the session's deadline"
            case .returned: "it was returned"
            case .released: "it was parked, and has been released"
            case nil: "for a reason that this version does not know"
            }
        return reason.isEmpty ? text : "\(text): \(SafeText.escaped(reason))"
    }
}
