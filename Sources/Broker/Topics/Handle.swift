/// The address of a tenant of a loop's seats for other loops: the loop, the seat, and which of the seat's tenants it
/// is.
///
/// `Tenant` is the type of the tenant, so that the handle of a reader cannot be mistaken for that of a connection.
struct Handle<Tenant>: Hashable, Sendable {
    var shard: UInt16
    var seat: UInt32
    var generation: UInt32

    /// Loop and seat nearly identify the tenant, and cheap hashes matter: creating a topic may unite sets of thousands.
    func hash(into hasher: inout Hasher) { hasher.combine(UInt64(shard) << 32 | UInt64(seat)) }
}

typealias ReaderHandle = Handle<ReaderSeat>
typealias PublisherHandle = Handle<Connection>
