/// The load generator: what is set, and how it goes.
struct LoadState: Equatable {
    var form = KnobForm<LoadKnob>()
    /// nil before the first run.
    var report: LoadReport?
    var isRunning = false
}

/// The slow clients: what is set, and how they do.
struct SlowClientsState: Equatable {
    var form = KnobForm<SlowClientKnob>()
    /// nil before the first run.
    var report: SlowClientReport?
    var isRunning = false
}

/// What is asked of the edge: clients of its own, beside that of this program.
enum LoadRequest: Equatable, Sendable {
    case start(LoadPlan)
    case stop
    case startSlowClients(SlowClientPlan)
    case stopSlowClients
}

/// What the edge tells of them.
enum LoadEvent: Equatable, Sendable {
    case load(LoadReport)
    case slowClients(SlowClientReport)
}
