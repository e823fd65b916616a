import ZaichikProtocol

/// Whose queues need the messages that are removed from a topic, and how many of them each.
struct PurgeTally {
    /// By what they need, the earliest first.
    private let holders: [TopicHolder]
    /// What was found that so many of the holders need: each of the others begins after it.
    private var needed: [(messages: UInt64, bytes: UInt64)]
    /// How many holders need the message found last.
    private var reached = 0
    private(set) var messages: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private(set) var last: UInt64 = 0

    /// - Parameter holders: By what they need, the earliest first.
    init(_ holders: [TopicHolder]) {
        self.holders = holders
        needed = Array(repeating: (0, 0), count: holders.count + 1)
    }

    /// Notes a message that goes. They come in ascending order.
    mutating func note(_ sequence: UInt64, bytes: UInt64) {
        while reached < holders.count, holders[reached].needed <= sequence { reached += 1 }
        needed[reached].messages += 1
        needed[reached].bytes += bytes
        messages += 1
        self.bytes += bytes
        last = sequence
    }

    /// Those that lose something, those that lose most first.
    var rows: [Acted.Row] {
        var rows: [Acted.Row] = []
        var sum: (messages: UInt64, bytes: UInt64) = (0, 0)
        for index in holders.indices.reversed() {
            sum.messages += needed[index + 1].messages
            sum.bytes += needed[index + 1].bytes
            guard sum.messages > 0 else { continue }
            let holder = holders[index]
            rows.append(Acted.Row(id: holder.id, name: holder.name, messages: sum.messages, bytes: sum.bytes))
        }
        return rows.reversed()
    }
}
