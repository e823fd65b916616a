/// The brokers that the configuration names, and which of them is looked at.
struct ProfileState: Equatable {
    var all: [Profile] = []
    /// nil if the broker was named by an option or the environment.
    var current: Profile?
    /// `--read-only` was given: it holds for every profile.
    var isAlwaysReadOnly = false
    /// Where the configuration is, for a person who has none.
    var file = "~/.config/zaichik/terminal.yaml"
}
