import Testing

@testable import ZaichikBroker

@Suite("Holds of cursors")
struct HoldsTests {
    /// The same in the simplest way: a dictionary, gone through for every question.
    private struct Model {
        struct Entry {
            var needed: UInt64
            var counted: UInt64
            let waiter: Waiter
            var isWaiting = false
        }

        var entries: [UInt32: Entry] = [:]

        var lowest: UInt64 { entries.values.map(\.needed).min() ?? .max }
        var lowestCounted: UInt64 { entries.values.map(\.counted).min() ?? .max }
        var waiting: Set<Waiter> { Set(entries.values.filter(\.isWaiting).map(\.waiter)) }

        mutating func move(_ seat: UInt32, to needed: UInt64) {
            entries[seat]!.needed = max(entries[seat]!.needed, needed)
            entries[seat]!.counted = max(entries[seat]!.counted, needed)
        }

        /// - Parameter all: Whether what does not count against the limit is taken, too.
        mutating func raise(to sequence: UInt64, all: Bool) -> UInt64? {
            let concerned = entries.filter { ($0.value.counted < sequence) || (all && $0.value.needed < sequence) }
            for seat in concerned.keys { move(seat, to: sequence) }
            return concerned.values.map(\.needed).min()
        }
    }

    private struct Bench {
        var holds = Holds()
        var model = Model()
        var generator: SeededGenerator
        var entered: UInt32 = 0
        /// Sequences go up with time, so that moves and raises find something.
        var head: UInt64 = 10

        mutating func pick() -> UInt32? { model.entries.keys.sorted().randomElement(using: &generator) }

        mutating func sequence() -> UInt64 { .random(in: (head - 10)...(head + 3), using: &generator) }

        mutating func enter() {
            let counted = sequence()
            let past = Bool.random(using: &generator) ? 0 : UInt64.random(in: 0...8, using: &generator)
            let needed = counted - min(past, counted)
            entered += 1
            let waiter = Waiter(reader: ReaderHandle(shard: 0, seat: entered, generation: 0), slot: entered)
            let seat = holds.enter(waiter, needed: needed, counted: counted)
            #expect(model.entries[seat] == nil, "a seat is given to one cursor")
            model.entries[seat] = Model.Entry(needed: needed, counted: counted, waiter: waiter)
        }

        mutating func step() {
            let before = model.lowestCounted
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<22: enter()
            case ..<55:
                guard let seat = pick() else { return }
                let needed = sequence()
                model.move(seat, to: needed)
                #expect(holds.move(seat, to: needed) == (model.lowestCounted > before))
            case ..<72:
                guard let seat = pick() else { return }
                model.entries[seat] = nil
                #expect(holds.leave(seat) == (model.lowestCounted > before))
            case ..<90:
                guard let seat = pick() else { return }
                holds.wait(seat)
                model.entries[seat]!.isWaiting = true
            case ..<93:
                let sequence = sequence()
                #expect(holds.raise(to: sequence) == model.raise(to: sequence, all: false))
            case ..<95:
                let sequence = sequence()
                #expect(holds.raiseAll(to: sequence) == model.raise(to: sequence, all: true))
            default: wake()
            }
            head += .random(in: 0...1, using: &generator)
        }

        mutating func wake() {
            var woken: [Waiter] = []
            holds.wakeAll { woken.append($0) }
            #expect(woken.count == Set(woken).count, "each is woken once")
            #expect(Set(woken) == model.waiting)
            for seat in model.entries.keys { model.entries[seat]!.isWaiting = false }
        }

        func check() {
            let isRight =
                holds.count == model.entries.count && holds.lowest == model.lowest
                && holds.lowestCounted == model.lowestCounted && holds.waitingCount == model.waiting.count
                && holds.isWaitingEmpty == model.waiting.isEmpty
                && model.entries.allSatisfy { holds.needed($0.key) == $0.value.needed }
            #expect(isRight, "\(holds) are not \(model)")
        }
    }

    @Test("after any steps, holds agree with a dictionary of them", arguments: UInt64(1)...10)
    func model(seed: UInt64) {
        var bench = Bench(generator: SeededGenerator(seed: seed))
        for _ in 0..<300 {
            bench.step()
            bench.check()
        }
    }

    @Test("a hold never moves back")
    func never() {
        var holds = Holds()
        let seat = holds.enter(Self.waiter(1), needed: 5, counted: 5)
        #expect(holds.move(seat, to: 4) == false)
        #expect(holds.move(seat, to: 5) == false)
        #expect(holds.needed(seat) == 5)
        #expect(holds.move(seat, to: 6) == true)
    }

    @Test("a latecomer holds what it reads, and counts from where it came")
    func latecomer() {
        var holds = Holds()
        let old = holds.enter(Self.waiter(1), needed: 90, counted: 90)
        let late = holds.enter(Self.waiter(2), needed: 1, counted: 100)
        #expect(holds.lowest == 1)
        #expect(holds.lowestCounted == 90)
        #expect(holds.move(late, to: 50) == false, "no room is made by what does not count")
        #expect(holds.move(old, to: 101) == true)
        #expect(holds.lowestCounted == 100)
        #expect(holds.raise(to: 90) == nil, "the limit takes nothing from it that does not count")
        #expect(holds.raiseAll(to: 90) == 50, "want of memory does")
        #expect(holds.lowest == 90)
    }

    @Test("a cursor that leaves is not woken, and neither is the next one in its seat")
    func leaving() {
        var holds = Holds()
        let first = holds.enter(Self.waiter(1), needed: 1, counted: 1)
        let second = holds.enter(Self.waiter(2), needed: 1, counted: 1)
        holds.wait(first)
        holds.wait(second)
        _ = holds.leave(first)
        #expect(holds.enter(Self.waiter(3), needed: 1, counted: 1) == first)
        var woken: [Waiter] = []
        holds.wakeAll { woken.append($0) }
        #expect(woken == [Self.waiter(2)])
    }

    private static func waiter(_ seat: UInt32) -> Waiter {
        Waiter(reader: ReaderHandle(shard: 0, seat: seat, generation: 0), slot: 0)
    }
}
