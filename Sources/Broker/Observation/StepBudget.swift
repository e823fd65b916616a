/// The budget of one step of background work: about 15 µs, however much there is to look at.
///
/// Costs are counted rather than timed, so that a step is the same on every machine and in every test. A unit is the
/// cost of looking at one byte of a name, about 3 ns.
struct StepBudget {
    private static let whole = 4 << 10

    /// The look of one query at one name, besides the name's bytes.
    static let name = 8
    /// A byte of a name that has to be folded as a text.
    static let foldedByte = 24
    /// The look at a topic: its lock, and memory that is not cached.
    static let topic = 64
    /// The look at an empty seat.
    static let seat = 1
    /// The look at a slot of a queue.
    static let slot = 4
    /// The look at a client, besides its queue's cursors.
    static let client = 256
    /// The look at the topic of a cursor.
    static let cursor = 64
    /// A row made or encoded.
    static let row = 512
    /// A row sorted among many; for a client, this includes making it.
    static let sorting = 160

    private(set) var left = whole

    var isSpent: Bool { left <= 0 }

    mutating func spend(_ cost: Int) { left -= cost }
}
