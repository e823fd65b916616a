/// A tenant of a loop's seats, as other loops know it: the loop, the seat, and which of the seat's tenants it is.
///
/// `Tenant` says what sits there, so that the handle of a reader is never taken for that of a connection.
struct Handle<Tenant>: Hashable, Sendable {
    var shard: UInt16
    var seat: UInt32
    var generation: UInt32

    /// The seat says nearly all, and sets of thousands are united when a topic is created.
    func hash(into hasher: inout Hasher) { hasher.combine(UInt64(shard) << 32 | UInt64(seat)) }
}

typealias ReaderHandle = Handle<Reader>
typealias PublisherHandle = Handle<Connection>
