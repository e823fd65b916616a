import NIOCore

/// How a loop serves a connection's desk: the clocks of its watches, and whether it goes on with it.
struct DeskService {
    private var clocks: [UInt32: RepeatedTask] = [:]
    /// Whether the loop goes on with what is on the desk when the sockets have had their turn.
    var isServed = false

    mutating func begin(_ watch: UInt32, clock: RepeatedTask) { clocks[watch] = clock }
    mutating func end(_ watch: UInt32) { clocks.removeValue(forKey: watch)?.cancel() }

    mutating func end() {
        for clock in clocks.values { clock.cancel() }
        clocks = [:]
    }
}
