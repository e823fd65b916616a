import Synchronization

/// Chooses the loop of a new connection.
///
/// A message between two clients on one loop costs no wake-up of another thread, so connections gather on a loop as
/// long as it has time to spare. Many connections are spread all the same: no loop has many more than another.
struct Placement: Sendable {
    /// How many connections more than another a loop may have; 0 spreads them evenly.
    var gathering: Int
    /// The idle time, in permille, below which a loop gets no more connections while another has more.
    static let busy = 500

    /// The load of one loop.
    struct Load: Equatable {
        var connections: Int
        /// Processor time in the last moments, in permille.
        var busy: Int
    }

    /// - Parameter current: The loop of the last connection: clients that connect together stay together while that is
    ///   possible.
    /// - Returns: The loop's index.
    func choose(_ loads: [Load], current: Int) -> Int {
        let fewest = loads.map(\.connections).min() ?? 0
        let open = loads.indices.filter { loads[$0].connections - fewest < max(gathering, 1) }
        if open.contains(current), loads[current].busy < Self.busy { return current }
        let spare = open.filter { loads[$0].busy < Self.busy }
        return spare.min { loads[$0].connections < loads[$1].connections }
            ?? open.min { loads[$0].busy < loads[$1].busy } ?? 0
    }
}

/// How loaded a loop is, to be read from any thread.
final class LoopLoad: Sendable {
    private let connections = Atomic<Int>(0)
    private let busy = Atomic<Int>(0)

    var value: Placement.Load {
        Placement.Load(connections: connections.load(ordering: .relaxed), busy: busy.load(ordering: .relaxed))
    }

    func connectionPlaced() { connections.wrappingAdd(1, ordering: .relaxed) }
    func connectionGone() { connections.wrappingSubtract(1, ordering: .relaxed) }

    /// - Parameter permille: Of the time since the last call, how much the loop's thread ran.
    func worked(_ permille: Int) { busy.store(permille, ordering: .relaxed) }
}
