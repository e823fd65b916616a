/// The replacement of a table, in three parts that are done step by step: the new one's memory is put in place; the keys
/// are recorded in it, in the order in which they came; and the old one's memory is given back.
struct TableMove {
    /// The new table, while its memory is put in place, and the old one after.
    private(set) var table: KeyTable
    private var populated: Int? = 0
    /// The places that have to be moved: from `next` to `end`, both counted from where the move began.
    private var start: UInt32 = 0
    private var next: UInt32 = 0
    private var end: UInt32 = 0
    private var discarded = 0
    /// What was looked ahead at; only there so that the look happens.
    private var touched: UInt32 = 0

    /// How many bytes are put in place or given back at once, and what each costs in steps.
    private static let piece = 64 << 10
    private static let populateSteps = 2048
    private static let discardSteps = 512
    /// How many records are looked ahead at, and what moving one costs.
    private static let block = 32
    private static let recordSteps = 2

    init(to table: KeyTable) { self.table = table }

    /// Whether there are keys that are in the old table alone.
    @inline(__always) var isMoving: Bool { next < end }
    var isReady: Bool { populated.map { $0 >= table.size } ?? false }
    var isDone: Bool { populated == nil && !isMoving && table.size - discarded <= Self.piece }

    /// Begins to move what the log has.
    mutating func begin(from old: KeyTable, log: borrowing KeyLog) {
        table = old
        populated = nil
        start = log.head
        end = log.end &- log.head
    }

    /// Does some of the work.
    ///
    /// - Parameter record: Notes in the new table where a key is.
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
            // What has expired need not be moved.
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
