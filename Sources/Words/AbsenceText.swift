import ZaichikProtocol

/// Texts about a session to which no connection is attached.
public enum AbsenceText {
    /// How long no connection has been attached, and when the session ends; nil if it has connections.
    ///
    /// - Parameters:
    ///   - since: When its last connection ended, in µs since 1970; 0 if one is attached.
    ///   - until: When it ends, in µs since 1970; 0 if that is not known.
    ///   - now: In µs since 1970.
    public static func line(since: UInt64, until: UInt64, now: UInt64) -> String? {
        guard since > 0 else { return nil }
        let age = "no connection for \(FigureText.age(microseconds: now > since ? now - since : 0))"
        guard until > 0 else { return age }
        guard until > now else { return "\(age); it ends now" }
        return "\(age); it ends in \(FigureText.age(microseconds: until - now)) unless one comes"
    }
}

extension ClientStatistics {
    /// Whether this is a session's own row rather than that of a connection: those have an address.
    public var isSession: Bool { !session.isEmpty && address.isEmpty }
}
