import ZaichikProtocol

/// What a destructive act would take, before it is done.
struct ActRehearsal: Equatable {
    var plan: ActPlan
    /// nil until the broker has answered, and for what has no dry run.
    var outcome: Acted?
    /// Why the broker refuses it.
    var problem: String?

    /// What has to be typed.
    var answer: String { plan.item.danger == .asksName ? plan.target.name : "y" }
}
