import Testing

@testable import ZaichikBroker

@Suite("Which loop a connection goes to")
struct PlacementTests {
    private func loads(_ loads: (connections: Int, busy: Int)...) -> [Placement.Load] {
        loads.map { Placement.Load(connections: $0.connections, busy: $0.busy) }
    }

    @Test("clients gather on a loop that has time to spare")
    func gathers() {
        let placement = Placement(gathering: 128)
        #expect(placement.choose(loads((0, 0), (0, 0))) == 0)
        #expect(placement.choose(loads((100, 499), (0, 0))) == 0)
    }

    @Test("a loop that is half busy gets nothing more while another is less so")
    func busy() {
        let placement = Placement(gathering: 128)
        #expect(placement.choose(loads((5, 500), (0, 0))) == 1)
        #expect(placement.choose(loads((5, 900), (7, 600), (9, 700))) == 1)
    }

    @Test("no loop has many more clients than another")
    func bounded() {
        let placement = Placement(gathering: 128)
        #expect(placement.choose(loads((128, 0), (0, 0))) == 1)
        #expect(placement.choose(loads((131, 0), (127, 0), (3, 0))) == 1)
        #expect(placement.choose(loads((131, 0), (131, 0), (3, 0))) == 2)
    }

    @Test("without gathering they are dealt out in turn")
    func spread() {
        let placement = Placement(gathering: 0)
        var counts = [0, 0, 0]
        for _ in 0..<9 {
            counts[placement.choose(counts.map { Placement.Load(connections: $0, busy: 0) })] += 1
        }
        #expect(counts == [3, 3, 3])
    }

    @Test("when all are busy, none gets many more than another all the same")
    func busyAndBounded() {
        let placement = Placement(gathering: 16)
        #expect(placement.choose(loads((20, 600), (3, 900))) == 1)
        #expect(Placement(gathering: 0).choose(loads((4, 600), (3, 900))) == 1)
    }
}
