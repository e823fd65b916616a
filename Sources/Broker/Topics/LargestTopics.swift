import NIOConcurrencyHelpers

/// The topics that may drop and take more than their share of memory: where room is found when memory runs out.
final class LargestTopics: Sendable {
    /// By topic id, in bytes. No more than the limit has shares, as each takes more than one.
    private let bytes = NIOLockedValueBox<[UInt32: Int]>([:])

    /// - Parameter bytes: What the topic takes; nil if it has nothing to give.
    func note(_ topicID: UInt32, bytes: Int?) {
        self.bytes.withLockedValue { $0[topicID] = bytes }
    }

    /// The one that takes the most; nil if there is none.
    var largest: UInt32? {
        bytes.withLockedValue { $0.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key }
    }
}
