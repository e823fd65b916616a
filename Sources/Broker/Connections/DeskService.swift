import NIOCore

/// How a loop serves a connection's desk: the clocks of its watches, and whether work on it is under way.
struct DeskService {
    private var clocks: [UInt32: RepeatedTask] = [:]
    /// Watches that have fallen due and were not handled yet.
    private var due: Set<UInt32> = []
    /// Whether the loop will continue with the desk once the sockets have had their turn.
    var isServed = false

    /// Bytes charged to the budget for answers that are kept until they can be sent.
    private var charged = 0

    mutating func charge(_ bytes: Int, _ budget: MemoryBudget) {
        budget.charge(bytes - charged)
        charged = bytes
    }

    /// - Returns: Whether that is new.
    mutating func noteDue(_ watch: UInt32) -> Bool { due.insert(watch).inserted }
    mutating func dueServed(_ watch: UInt32) { due.remove(watch) }

    mutating func begin(_ watch: UInt32, clock: RepeatedTask) { clocks[watch] = clock }
    mutating func end(_ watch: UInt32) { clocks.removeValue(forKey: watch)?.cancel() }

    mutating func end() {
        for clock in clocks.values { clock.cancel() }
        clocks = [:]
    }
}
