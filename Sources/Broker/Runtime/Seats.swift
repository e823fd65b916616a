/// The seats of a loop, whose tenants other loops address by handles. A seat is reused after its tenant has left; a
/// handle of an earlier tenant then finds none.
struct Seats<Tenant> {
    private let shard: UInt16
    private var tenants: [Tenant?] = []
    private var generations: [UInt32] = []
    private var free: [UInt32] = []

    init(shard: Int) { self.shard = UInt16(shard) }

    /// The number of seats, taken or free.
    var count: Int { tenants.count }
    /// All tenants.
    var all: some Sequence<Tenant> { tenants.lazy.compactMap { $0 } }

    subscript(seat: Int) -> Tenant? { tenants[seat] }

    subscript(handle: Handle<Tenant>) -> Tenant? {
        guard generations[Int(handle.seat)] == handle.generation else { return nil }
        return tenants[Int(handle.seat)]
    }

    /// Gives a seat to a tenant, which `make` creates for it.
    mutating func admit(_ make: (Handle<Tenant>) -> Tenant) -> Tenant {
        let seat: UInt32
        if let last = free.popLast() {
            seat = last
        } else {
            seat = UInt32(tenants.count)
            tenants.append(nil)
            generations.append(0)
        }
        let tenant = make(Handle(shard: shard, seat: seat, generation: generations[Int(seat)]))
        tenants[Int(seat)] = tenant
        return tenant
    }

    /// Replaces the tenant of a seat; handles of the seat find the new one.
    mutating func exchange(_ handle: Handle<Tenant>, for tenant: Tenant) {
        guard generations[Int(handle.seat)] == handle.generation else { return }
        tenants[Int(handle.seat)] = tenant
    }

    mutating func dismiss(_ handle: Handle<Tenant>) {
        guard generations[Int(handle.seat)] == handle.generation else { return }
        tenants[Int(handle.seat)] = nil
        generations[Int(handle.seat)] &+= 1
        free.append(handle.seat)
    }
}
