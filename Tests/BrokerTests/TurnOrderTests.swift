import Testing

@testable import ZaichikBroker

@Suite("The order of turns")
struct TurnOrderTests {
    private final class Taker: TurnTaker {
        let number: Int
        var turnState = TurnState.idle

        init(_ number: Int) { self.number = number }
    }

    private let takers = (0..<6).map(Taker.init)

    /// Takes all that are due now.
    private func takeDue(_ turns: inout TurnOrder<Taker>) -> [Taker] {
        var taken: [Taker] = []
        for _ in 0..<turns.dueCount { taken.append(turns.takeDue()!) }
        return taken
    }

    @Test("a taker marked twice has one turn, in the order of the first marks")
    func once() {
        var turns = TurnOrder<Taker>()
        for number in [2, 0, 2, 1, 0] { turns.markDue(takers[number]) }
        #expect(turns.dueCount == 3)
        #expect(takeDue(&turns).map(\.number) == [2, 0, 1])
        #expect(turns.isEmpty)
        #expect(takers.allSatisfy { $0.turnState == .idle })
    }

    @Test("a taker that becomes due while turns are given has its turn after them")
    func meanwhile() {
        var turns = TurnOrder<Taker>()
        turns.markDue(takers[0])
        let due = takeDue(&turns)
        turns.markDue(takers[0])
        turns.markDue(takers[1])
        #expect(due.count == 1)
        #expect(takeDue(&turns).map(\.number) == [0, 1])
    }

    @Test("takers with more to send continue one at a time, in order; one with still more goes to the end")
    func continuing() {
        var turns = TurnOrder<Taker>()
        for number in 0..<3 { turns.continueLater(takers[number]) }
        var order: [Int] = []
        for _ in 0..<7 {
            let next = turns.takeContinuing()!
            order.append(next.number)
            #expect(next.turnState == .idle)
            turns.continueLater(next)
        }
        #expect(order == [0, 1, 2, 0, 1, 2, 0])
        #expect(turns.dueCount == 0, "what is left over is nobody's turn now")
    }

    @Test("a taker with more to send and an answer is due, and keeps its position among the continuing ones")
    func answerMeanwhile() {
        var turns = TurnOrder<Taker>()
        turns.continueLater(takers[0])
        turns.continueLater(takers[1])
        turns.markDue(takers[0])
        #expect(takers[0].turnState == .continuingAndDue)
        let due = takeDue(&turns)
        #expect(due.map(\.number) == [0])
        #expect(takers[0].turnState.hasMore, "its turn is for answers alone")
        turns.continueLater(takers[0])
        #expect([turns.takeContinuing(), turns.takeContinuing()].map { $0?.number } == [0, 1])
        #expect(turns.takeContinuing() == nil)
    }

    @Test("a continuing taker that is also due still has its turn")
    func dueMeanwhile() {
        var turns = TurnOrder<Taker>()
        turns.continueLater(takers[0])
        turns.markDue(takers[0])
        #expect(turns.takeContinuing()?.turnState == .due)
        #expect(takeDue(&turns).map(\.number) == [0])
        #expect(turns.isEmpty)
    }

    @Test("a taker stopped at the horizon has no turn until the horizon moves, and is then due once")
    func stopped() {
        var turns = TurnOrder<Taker>()
        turns.stopAtHorizon(takers[0])
        turns.stopAtHorizon(takers[1])
        turns.markDue(takers[1])
        #expect(takeDue(&turns).map(\.number) == [1])
        turns.stopAtHorizon(takers[1])
        #expect(turns.isEmpty)
        turns.resumeStopped()
        #expect(takeDue(&turns).map(\.number) == [0, 1])
        turns.resumeStopped()
        #expect(turns.isEmpty)
    }

    @Test(
        "after any steps, each taker's state matches its queue, and none is forgotten", arguments: UInt64(1)...10)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var turns = TurnOrder<Taker>()
        var due: [Int] = []
        var continuing: [Int] = []
        for _ in 0..<300 {
            let taker = takers[Int.random(in: 0..<takers.count, using: &generator)]
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                turns.markDue(taker)
                if !due.contains(taker.number) { due.append(taker.number) }
            case 1:
                turns.continueLater(taker)
                if !continuing.contains(taker.number) { continuing.append(taker.number) }
            case 2:
                let taken = takeDue(&turns)
                #expect(taken.map(\.number) == due)
                due = []
            default:
                #expect(turns.takeContinuing()?.number == continuing.first)
                continuing = Array(continuing.dropFirst())
            }
            for taker in takers {
                let isDue = due.contains(taker.number)
                let wanted: TurnState =
                    continuing.contains(taker.number)
                    ? (isDue ? .continuingAndDue : .continuing) : (isDue ? .due : .idle)
                if taker.turnState != wanted { Issue.record("\(taker.number) is \(taker.turnState), not \(wanted)") }
            }
            #expect(turns.dueCount == due.count)
            #expect(turns.isEmpty == (due.isEmpty && continuing.isEmpty))
        }
    }
}
