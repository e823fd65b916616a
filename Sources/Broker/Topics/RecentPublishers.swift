/// The connections that published to a topic last, and how many messages of each it accepted.
///
/// A publisher that goes on costs one comparison a run: its messages are counted when the next one takes over.
struct RecentPublishers {
    struct Entry: Sendable {
        var publisher: Publisher
        var messages: UInt64
        /// When its newest message was accepted, in µs since 1970.
        var last: UInt64
    }

    private var current: Publisher?
    /// The topic's last sequence before the current one's messages, less the messages that it had published earlier.
    private var before: UInt64 = 0
    /// Those before the current one, the latest last.
    private var earlier: [Entry] = []

    static let most = 8

    /// Memory of those before the current one, in bytes.
    var memory: Int { earlier.capacity > 0 ? Self.most * MemoryLayout<Entry>.stride : 0 }

    /// Whether one of them is still connected.
    var areConnected: Bool { current?.isConnected == true || earlier.contains { $0.publisher.isConnected } }

    /// Notes the publisher of the next run.
    ///
    /// - Parameters:
    ///   - sequence: The topic's last one so far.
    ///   - time: That of its newest message.
    /// - Returns: Bytes of memory taken for it.
    @inline(__always)
    mutating func note(_ publisher: Publisher, after sequence: UInt64, time: UInt64) -> Int {
        publisher === current ? 0 : take(publisher, after: sequence, time: time)
    }

    @inline(never)
    private mutating func take(_ publisher: Publisher, after sequence: UInt64, time: UInt64) -> Int {
        let memory = memory
        var returned: UInt64 = 0
        if let index = earlier.firstIndex(where: { $0.publisher === publisher }) {
            returned = earlier.remove(at: index).messages
        } else if earlier.count == Self.most {
            earlier.removeFirst()
        }
        if let current {
            if earlier.capacity == 0 { earlier.reserveCapacity(Self.most) }
            earlier.append(Entry(publisher: current, messages: sequence - before, last: time))
        }
        current = publisher
        before = sequence - returned
        return self.memory - memory
    }

    /// All of them, the latest first.
    ///
    /// - Parameters:
    ///   - sequence: The topic's last one.
    ///   - time: That of its newest message.
    func list(upTo sequence: UInt64, time: UInt64) -> [Entry] {
        guard let current else { return [] }
        return [Entry(publisher: current, messages: sequence - before, last: time)] + earlier.reversed()
    }
}
