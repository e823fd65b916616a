import Testing

@testable import ZaichikBroker

@Suite("The seats of a loop")
struct SeatsTests {
    private struct Tenant: Equatable {
        let name: String
        let handle: Handle<Tenant>
    }

    private static func admit(_ name: String, to seats: inout Seats<Tenant>) -> Handle<Tenant> {
        seats.admit { Tenant(name: name, handle: $0) }.handle
    }

    @Test("a handle names its loop and finds its tenant")
    func find() {
        var seats = Seats<Tenant>(shard: 3)
        let first = Self.admit("first", to: &seats)
        let second = Self.admit("second", to: &seats)
        #expect(first.shard == 3)
        #expect(first != second)
        #expect(seats[first]?.name == "first")
        #expect(seats[second]?.name == "second")
        #expect(seats.all.map(\.name) == ["first", "second"])
    }

    @Test("a seat is reused, and the handle of its earlier tenant finds none")
    func again() {
        var seats = Seats<Tenant>(shard: 0)
        let first = Self.admit("first", to: &seats)
        seats.dismiss(first)
        #expect(seats[first] == nil)
        #expect(seats[Int(first.seat)] == nil)
        let next = Self.admit("next", to: &seats)
        #expect(next.seat == first.seat)
        #expect(seats.count == 1)
        #expect(seats[first] == nil)
        #expect(seats[next]?.name == "next")
    }

    @Test("a tenant that left cannot dismiss the next one, and its seat is free once")
    func twice() {
        var seats = Seats<Tenant>(shard: 0)
        let first = Self.admit("first", to: &seats)
        seats.dismiss(first)
        seats.dismiss(first)
        let second = Self.admit("second", to: &seats)
        seats.dismiss(first)
        let third = Self.admit("third", to: &seats)
        #expect(second.seat != third.seat)
        #expect(seats[second]?.name == "second")
        #expect(seats[third]?.name == "third")
    }

    @Test(
        "after any sequence of arrivals and departures, each handle finds its own tenant or none",
        arguments: UInt64(1)...4)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var seats = Seats<Tenant>(shard: 1)
        var there: [Handle<Tenant>: String] = [:]
        var gone: [Handle<Tenant>] = []
        var most = 0
        for number in 0..<300 {
            if Bool.random(using: &generator) || there.isEmpty {
                there[Self.admit("\(number)", to: &seats)] = "\(number)"
            } else {
                let handle = there.keys.sorted { $0.seat < $1.seat }.randomElement(using: &generator)!
                seats.dismiss(handle)
                there[handle] = nil
                gone.append(handle)
            }
            most = max(most, there.count)
            #expect(there.allSatisfy { seats[$0.key]?.name == $0.value })
            #expect(gone.allSatisfy { seats[$0] == nil })
            #expect(Set(seats.all.map(\.name)) == Set(there.values))
        }
        #expect(seats.count == most, "there are no more seats than ever were taken at once")
    }
}
