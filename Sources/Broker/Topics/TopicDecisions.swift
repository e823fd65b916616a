import ZaichikProtocol

/// What operators have decided about a topic. Most topics have none, so that a topic has a reference to it, or none.
struct TopicDecisions: Equatable, Sendable {
    /// nil if it takes publishes.
    var pause: OperatorPause?
    /// The sequence below which everything was removed; 0 if that has not happened.
    var purgedBelow: UInt64 = 0
    /// Messages that were removed, in all.
    var purgedMessages: UInt64 = 0

    /// Approximate memory, in bytes.
    var memory: Int { 160 + (pause.map { $0.by.utf8.count + $0.reason.utf8.count } ?? 0) }
}

extension TopicState {
    /// That it takes no publishes; nil if it takes them.
    var pause: OperatorPause? {
        get { decisions?.value.pause }
        set { decide { $0.pause = newValue } }
    }

    /// The sequence below which everything was removed; 0 if that has not happened.
    @inline(__always)
    var purgedBelow: UInt64 { decisions?.value.purgedBelow ?? 0 }

    mutating func decide(_ change: (inout TopicDecisions) -> Void) {
        var value = decisions?.value ?? TopicDecisions()
        let charged = decisions?.value.memory ?? 0
        change(&value)
        decisions = value == TopicDecisions() ? nil : Apart(value)
        budget.charge((decisions?.value.memory ?? 0) - charged)
    }
}
