import Synchronization

/// A connection as the publisher of messages: who it is, for as long as one of its messages is kept.
///
/// It is made at the connection's first publish, and each topic's log refers to it once for a stretch of messages. So it
/// tells who published a message, and whether a queue reads what its own client has published.
final class Publisher: Sendable {
    let handle: PublisherHandle
    /// The queue of the connection. It outlives the connection if it is that of a session.
    let reader: ReaderHandle
    /// The connection's; 0 if it is not known.
    let connectionID: UInt64
    /// The name that the client gave itself.
    let clientName: String
    /// The name of its producer, or of its session; empty if it has neither.
    let producerName: String
    private let hasLeft = Atomic<Bool>(false)
    private let budget: MemoryBudget

    /// Approximate memory without the names, in bytes.
    private static let footprint = 160

    init(
        handle: PublisherHandle, reader: ReaderHandle, connectionID: UInt64 = 0, clientName: String = "",
        producerName: String = "", budget: MemoryBudget
    ) {
        self.handle = handle
        self.reader = reader
        self.connectionID = connectionID
        self.clientName = clientName
        self.producerName = producerName
        self.budget = budget
        budget.charge(memory)
    }

    deinit { budget.charge(-memory) }

    private var memory: Int { Self.footprint + clientName.utf8.count + producerName.utf8.count }

    /// Whether the connection is still there.
    var isConnected: Bool { !hasLeft.load(ordering: .relaxed) }

    /// Notes that the connection is gone.
    func leave() { hasLeft.store(true, ordering: .relaxed) }
}

/// Consecutive messages of one publisher, or the part of them that lies in one segment.
struct PublishedStretch {
    let publisher: Publisher
    /// The sequence after the last of them.
    let end: UInt64
}
