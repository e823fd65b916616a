import Testing

@testable import ZaichikBroker

@Suite("Which loop a connection goes to")
struct PlacementTests {
    private func loads(_ loads: (connections: Int, busy: Int)...) -> [Placement.Load] {
        loads.map { Placement.Load(connections: $0.connections, busy: $0.busy) }
    }

    /// How many each of some idle loops has after so many connections, and how often the loop changed.
    private func place(_ count: Int, on loops: Int, gathering: Int) -> (counts: [Int], changes: Int) {
        var counts = Array(repeating: 0, count: loops)
        var current = 0
        var changes = 0
        for _ in 0..<count {
            let chosen = Placement(gathering: gathering).choose(
                counts.map { Placement.Load(connections: $0, busy: 0) }, current: current)
            if chosen != current { changes += 1 }
            current = chosen
            counts[chosen] += 1
        }
        return (counts, changes)
    }

    @Test("clients gather on a loop that has time to spare")
    func gathers() {
        let placement = Placement(gathering: 128)
        #expect(placement.choose(loads((0, 0), (0, 0)), current: 0) == 0)
        #expect(placement.choose(loads((100, 499), (0, 0)), current: 0) == 0)
        #expect(placement.choose(loads((90, 0), (100, 0)), current: 1) == 1)
    }

    @Test("a loop that is half busy gets no more connections while another is less busy")
    func busy() {
        let placement = Placement(gathering: 128)
        #expect(placement.choose(loads((5, 500), (0, 0)), current: 0) == 1)
        #expect(placement.choose(loads((5, 900), (7, 600), (9, 700)), current: 0) == 1)
    }

    @Test(
        "no loop has many more clients than another, and clients that connect together stay together",
        arguments: [2, 3, 4])
    func bounded(loops: Int) {
        let placed = place(4000, on: loops, gathering: 128)
        #expect(placed.counts.max()! - placed.counts.min()! <= 128)
        #expect(placed.changes <= 4000 / 100, "it does not change from one connection to the next")
    }

    @Test("without gathering, connections are spread round-robin")
    func spread() { #expect(place(9, on: 3, gathering: 0).counts == [3, 3, 3]) }

    @Test("however many may gather, they do", arguments: [Int.max, Int.max - 1, 1 << 40])
    func endlessGathering(gathering: Int) {
        #expect(place(300, on: 1, gathering: gathering).counts == [300])
        #expect(place(300, on: 3, gathering: gathering).counts == [300, 0, 0])
        #expect(Placement(gathering: gathering).choose(loads((7, 600), (9, 100)), current: 0) == 1)
    }

    @Test("less than none is none", arguments: [0, -1, Int.min])
    func negativeGathering(gathering: Int) { #expect(place(9, on: 3, gathering: gathering).counts == [3, 3, 3]) }

    @Test("when all are busy, none gets many more than another all the same")
    func busyAndBounded() {
        #expect(Placement(gathering: 16).choose(loads((20, 600), (3, 900)), current: 0) == 1)
        #expect(Placement(gathering: 0).choose(loads((4, 600), (3, 900)), current: 0) == 1)
    }
}
