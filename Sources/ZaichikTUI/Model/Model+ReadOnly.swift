extension Model {
    /// Why nothing may be changed; nil if it may.
    var readOnlyReason: String? {
        guard isReadOnly else { return nil }
        if let profile = profiles.current, profile.isReadOnly, !profiles.isAlwaysReadOnly {
            return "the profile '\(profile.name)' is read-only"
        }
        return "this program was started with --read-only"
    }
}
