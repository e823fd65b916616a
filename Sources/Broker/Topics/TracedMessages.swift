import DequeModule

/// The messages of a topic that were traced last. Most topics have none.
final class TracedMessages {
    /// Their sequences, ascending.
    private var sequences: Deque<UInt64> = []
    /// How many of them have a delay that is not over.
    var delayed = 0
    private let budget: MemoryBudget

    /// The most that are remembered.
    static let most = 1 << 10
    private static let footprint = MemoryLayout<UInt64>.stride * 2

    init(budget: MemoryBudget) { self.budget = budget }

    deinit { budget.charge(-sequences.count * Self.footprint) }

    func add(_ sequence: UInt64) {
        sequences.append(sequence)
        if sequences.count > Self.most { sequences.removeFirst() } else { budget.charge(Self.footprint) }
    }

    func has(_ sequence: UInt64) -> Bool { !within(sequence...sequence).isEmpty }

    /// Those of a range.
    func within(_ range: ClosedRange<UInt64>) -> [UInt64] {
        Array(sequences[sequences.partition { $0 >= range.lowerBound }...].prefix { $0 <= range.upperBound })
    }
}

/// A message that is traced and was appended just now.
struct TracedPublish {
    /// A queue that has it.
    struct Queue {
        let reader: ReaderHandle
        /// How many messages of the topic the queue is not done with, this one included.
        let place: UInt64
    }

    let sequence: UInt64
    let publisher: Publisher
    let bytes: Int
    /// Some of the queues.
    var queues: [Queue] = []
    /// How many there are.
    let count: Int

    /// The most queues that are told.
    static let mostQueues = 64
}
