import NIOConcurrencyHelpers

/// The topics that may drop messages and take more than their share of memory: they make room when memory runs out.
final class LargestTopics: Sendable {
    /// Bytes by topic id. There are never more topics than the limit has shares, as each takes more than one share.
    private let bytes = NIOLockedValueBox<[UInt32: Int]>([:])

    /// - Parameter bytes: The memory of the topic; nil if it has none to give.
    func note(_ topicID: UInt32, bytes: Int?) {
        self.bytes.withLockedValue { $0[topicID] = bytes }
    }

    /// The topic that takes the most memory; nil if there is none.
    var largest: UInt32? {
        bytes.withLockedValue { $0.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key }
    }
}
