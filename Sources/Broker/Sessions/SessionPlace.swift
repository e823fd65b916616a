import ZaichikProtocol

typealias SessionHandle = Handle<Session>

/// Where a session lives, for all loops. It never changes: a session stays on one loop for its life.
final class SessionPlace: Sendable {
    let name: SessionName
    /// Of the same numbers as those of connections; never used again.
    let id: UInt64
    /// A number that no other session of the name has.
    let incarnation: UInt64
    /// Its seat on its loop.
    let home: SessionHandle

    init(name: SessionName, id: UInt64, incarnation: UInt64 = .random(in: 1 ... .max), home: SessionHandle) {
        self.name = name
        self.id = id
        self.incarnation = incarnation
        self.home = home
    }

    /// The index of its loop.
    var loop: Int { Int(home.shard) }
}
