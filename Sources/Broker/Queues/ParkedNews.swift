/// Messages of a queue that were parked since this was asked last: for each topic one stretch.
struct ParkedNews {
    /// Messages of one topic. Others may lie between the first and the last.
    struct Stretch {
        let topic: Topic
        var first: UInt64
        var last: UInt64
        var messages: UInt64
        /// Of the last one: how often it was delivered, and why it is parked.
        var attempts: UInt32
        var reason: String
    }

    private var stretches: [Stretch] = []
    /// Messages of further topics.
    private var others: UInt64 = 0
    /// The most topics that are told one by one.
    private static let most = 16

    var isEmpty: Bool { stretches.isEmpty }

    mutating func note(_ sequences: ClosedRange<UInt64>, of topic: Topic, attempts: UInt32, reason: String) {
        if let index = stretches.firstIndex(where: { $0.topic === topic }) {
            stretches[index].first = min(stretches[index].first, sequences.lowerBound)
            stretches[index].last = max(stretches[index].last, sequences.upperBound)
            stretches[index].messages += sequences.numbers
            (stretches[index].attempts, stretches[index].reason) = (attempts, reason)
        } else if stretches.count < Self.most {
            stretches.append(
                Stretch(
                    topic: topic, first: sequences.lowerBound, last: sequences.upperBound,
                    messages: sequences.numbers, attempts: attempts, reason: reason))
        } else {
            others += sequences.numbers
        }
    }

    /// - Returns: nil if none was parked; else with the messages of further topics. Nothing is left.
    mutating func take() -> (stretches: [Stretch], others: UInt64)? {
        guard !stretches.isEmpty else { return nil }
        defer { self = ParkedNews() }
        return (stretches, others)
    }
}
