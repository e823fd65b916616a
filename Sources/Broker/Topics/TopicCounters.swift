import ZaichikProtocol

/// What a topic counts. A value.
///
/// Most of a million topics never drop, refuse or expire anything, so those counts exist only when there is one.
struct TopicCounters {
    var publishedBytes: UInt64 = 0
    /// The head at the last tick, and how far it had moved since the one before: messages published a second.
    var published: (sampled: UInt64, perSecond: UInt64) = (0, 0)
    /// Deliveries to all readers.
    var delivered: UInt64 = 0
    /// As many as there were when a second was last noted.
    var deliveredBefore: UInt64 = 0
    /// Why the last publish that was refused was refused; nil if none was.
    var refusal: ErrorCode?
    /// nil while all of them are 0.
    private var rare: Rare?
    /// What the topic's memory is charged to, that of the rare counts too.
    let budget: MemoryBudget

    /// Memory of the rare counts, in bytes.
    static let rareFootprint = 112

    init(budget: MemoryBudget) { self.budget = budget }

    private final class Rare {
        var duplicates: UInt64 = 0
        var rejected: UInt64 = 0
        var dropped: UInt64 = 0
        var firstDropped: UInt64 = 0
        var droppedRange = CountedRange()
        var expired: UInt64 = 0
        var outlived: UInt64 = 0
        private let budget: MemoryBudget

        init(_ budget: MemoryBudget) {
            self.budget = budget
            budget.charge(TopicCounters.rareFootprint)
        }

        convenience init(_ other: Rare) {
            self.init(other.budget)
            (duplicates, rejected, dropped) = (other.duplicates, other.rejected, other.dropped)
            (firstDropped, droppedRange) = (other.firstDropped, other.droppedRange)
            (expired, outlived) = (other.expired, other.outlived)
        }

        deinit { budget.charge(-TopicCounters.rareFootprint) }
    }

    var duplicates: UInt64 {
        get { rare?.duplicates ?? 0 }
        set { if newValue != duplicates { own.duplicates = newValue } }
    }
    var rejected: UInt64 {
        get { rare?.rejected ?? 0 }
        set { if newValue != rejected { own.rejected = newValue } }
    }
    /// Messages dropped because of the limit or a lack of memory while queues still needed them.
    var dropped: UInt64 { rare?.dropped ?? 0 }
    /// The first message dropped since losses were last looked at; 0 if there is none.
    var firstDropped: UInt64 {
        get { rare?.firstDropped ?? 0 }
        set { if newValue != firstDropped { own.firstDropped = newValue } }
    }
    /// The last message that was dropped; 0 if none was.
    var lastDropped: UInt64 { rare?.droppedRange.last ?? 0 }
    /// Messages dropped because of their age.
    var expired: UInt64 {
        get { rare?.expired ?? 0 }
        set { if newValue != expired { own.expired = newValue } }
    }
    /// How often a reader was not given a message because it was older than it asked for itself.
    var outlived: UInt64 {
        get { rare?.outlived ?? 0 }
        set { if newValue != outlived { own.outlived = newValue } }
    }

    /// Counts messages as dropped, each once: several queues may lose the same messages at different times.
    ///
    /// - Returns: How many had not been counted before.
    mutating func drop(_ range: Range<UInt64>) -> UInt64 {
        let rare = own
        let count = rare.droppedRange.add(range)
        if rare.firstDropped == 0, count > 0 { rare.firstDropped = range.upperBound - count }
        rare.dropped += count
        return count
    }

    /// The rare counts of this value alone.
    private var own: Rare {
        mutating get {
            if isKnownUniquelyReferenced(&rare), let rare { return rare }
            let own = rare.map(Rare.init) ?? Rare(budget)
            rare = own
            return own
        }
    }
}
