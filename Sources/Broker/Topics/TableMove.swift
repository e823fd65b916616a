/// The replacement of a table, in three parts that are done step by step: the new one's memory is prepared; the keys
/// are recorded in it, in the order in which they came; and the old one's memory is given back.
struct TableMove {
    /// The new table while its memory is being prepared; the old one afterwards.
    private(set) var table: KeyTable
    private var populated: Int? = 0
    /// The addresses that have to be moved: from `next` to `end`, both counted from the address at which the move
    /// began.
    private var start: UInt32 = 0
    private var next: UInt32 = 0
    private var end: UInt32 = 0
    private var discarded = 0
    /// The sum of what was read ahead; stored so that the compiler keeps the reads.
    private var touched: UInt32 = 0

    /// How many bytes are prepared or given back at once, and the cost of that in steps.
    private static let piece = 64 << 10
    private static let populateSteps = 2048
    private static let discardSteps = 512
    /// How many records are read ahead, and the cost of moving one in steps.
    private static let block = 32
    private static let recordSteps = 2

    init(to table: KeyTable) { self.table = table }

    /// Whether some keys are in the old table only.
    @inline(__always) var isMoving: Bool { next < end }
    var isReady: Bool { populated.map { $0 >= table.size } ?? false }
    var isDone: Bool { populated == nil && !isMoving && table.size - discarded <= Self.piece }

    /// Begins to move the records that the log has.
    mutating func begin(from old: KeyTable, log: borrowing KeyLog) {
        table = old
        populated = nil
        start = log.head
        end = log.end &- log.head
    }

    /// Does some of the work.
    ///
    /// - Parameter record: Notes the address of a key in the new table.
    /// - Returns: How many steps it took.
    mutating func step(
        _ steps: Int, to target: KeyTable, log: borrowing KeyLog, _ record: (KeyFingerprint, UInt32) -> Void
    ) -> Int {
        var left = steps
        while left > 0, let done = populated, !isReady {
            table.populate(from: done, size: Self.piece)
            populated = done + Self.piece
            left -= Self.populateSteps
        }
        guard populated == nil else { return steps - left }
        while left > 0 {
            // Expired records need not be moved.
            next = max(next, log.head &- start)
            guard isMoving else { break }
            var sum: UInt32 = 0
            _ = log.records(from: start &+ next, most: Self.block) { _, record in sum &+= target.touch(record.key) }
            touched &+= sum
            next = log.records(from: start &+ next, most: Self.block) { record($1.key, $0) } &- start
            left -= Self.block * Self.recordSteps
        }
        while left > 0, !isMoving, !isDone {
            table.discard(from: discarded, size: Self.piece)
            discarded += Self.piece
            left -= Self.discardSteps
        }
        return steps - left
    }
}
