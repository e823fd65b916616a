/// One row of the key table.
struct Binding: Sendable {
    var keys: [Key]
    var action: Action
    var focuses: Set<Focus>
    /// The text in the key line; nil if the key is only in the help.
    var hint: String?
    var help: String
    /// In the key line, smaller numbers come first and stay longest.
    var rank: Int
    /// Why it would do nothing now; nil if it can be done. ``Model/obstacle(to:)`` has what holds for an action everywhere.
    var obstacle: @Sendable (Model) -> String?

    init(
        _ action: Action, _ keys: [Key], _ focuses: Set<Focus>, _ help: String, hint: String? = nil, rank: Int = 50,
        unless obstacle: @escaping @Sendable (Model) -> String? = { _ in nil }
    ) {
        self.action = action
        self.keys = keys
        self.focuses = focuses
        self.help = help
        self.hint = hint
        self.rank = rank
        self.obstacle = obstacle
    }
}
