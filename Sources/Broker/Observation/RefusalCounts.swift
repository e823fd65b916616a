import ZaichikProtocol

/// How many requests were refused for want of room, by code. Publishes are counted by their topics.
struct RefusalCounts: Equatable, Sendable {
    /// The codes of what the broker refuses because of a limit, as opposed to what is wrong with a request.
    static let codes: [ErrorCode] = [
        .memoryFull, .tooManyTopics, .tooManySessions, .tooManySubscriptions, .tooManyWatches, .tooManyRequests,
    ]

    /// By place in ``codes``; empty if nothing was refused.
    private var counts: [UInt64] = []

    var total: UInt64 { counts.reduce(0, +) }

    subscript(code: ErrorCode) -> UInt64 {
        guard !counts.isEmpty, let place = Self.codes.firstIndex(of: code) else { return 0 }
        return counts[place]
    }

    /// Counts an error, if it is a refusal.
    mutating func count(_ code: ErrorCode) {
        guard let place = Self.codes.firstIndex(of: code) else { return }
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.codes.count) }
        counts[place] += 1
    }

    mutating func add(_ other: RefusalCounts) {
        guard !other.counts.isEmpty else { return }
        if counts.isEmpty { return counts = other.counts }
        for place in counts.indices { counts[place] += other.counts[place] }
    }
}
