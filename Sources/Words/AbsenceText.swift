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
        guard let ending = ending(until, now: now) else { return age }
        return until > now ? "\(age); it \(ending) unless one comes" : "\(age); it \(ending)"
    }

    /// When a session ends: `ends in 23h59m`; nil if that is not known.
    public static func ending(_ until: UInt64, now: UInt64) -> String? {
        guard until > 0, now > 0 else { return nil }
        return until > now ? "ends in \(FigureText.age(microseconds: until - now))" : "ends now"
    }
}

extension ClientStatistics {
    /// Whether this is a session's own row rather than that of a connection: those have an address.
    public var isSession: Bool { !session.isEmpty && address.isEmpty }
}
