import ZaichikProtocol

extension Welcome {
    /// Whether the connection is attached to the session that an earlier one had, which has gone on meanwhile.
    ///
    /// - Parameter session: The incarnation of that session; nil if there was none.
    func continues(_ earlier: UInt64?) -> Bool {
        guard let session, let earlier else { return false }
        return session.isResumed && session.incarnation == earlier
    }
}
