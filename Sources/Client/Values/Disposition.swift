import ZaichikProtocol

/// What becomes of a delivery that is in flight.
public struct Disposition: Hashable, Sendable {
    let action: SettleAction
    /// In ms; only for a return.
    let delay: UInt32
    let reason: String

    private init(_ action: SettleAction, delay: UInt32 = 0, reason: String = "") {
        self.action = action
        self.delay = delay
        self.reason = reason
    }

    /// It is done.
    public static let commit = Disposition(.commit)
    /// It stays in flight, and its deadline begins anew.
    public static let touch = Disposition(.touch)

    /// It is delivered again, ahead of what is new.
    ///
    /// - Parameters:
    ///   - delay: How long it waits; the broker adds to that if it comes back again and again.
    ///   - reason: For whoever gets it next, and for who looks at it when it is parked; at most 255 bytes.
    public static func `return`(after delay: Duration = .zero, reason: String = "") -> Disposition {
        let milliseconds = delay / .milliseconds(1)
        return Disposition(
            .return, delay: milliseconds <= 0 ? 0 : UInt32(exactly: milliseconds.rounded(.up)) ?? .max, reason: reason)
    }

    /// It is put aside until somebody releases or drops it.
    ///
    /// - Parameter reason: For who looks at it; at most 255 bytes.
    public static func park(reason: String = "") -> Disposition { Disposition(.park, reason: reason) }
}
