/// Where in a queue the cursor of a topic is.
///
/// Most clients read a few topics: their cursors are looked through. A dictionary is made for those that read many.
struct TopicSlots {
    private static let few = 8

    private(set) var count = 0
    private var byTopic: [UInt32: UInt32]?

    func slot(of topicID: UInt32, in cursors: [Cursor?]) -> Int? {
        guard let byTopic else { return cursors.firstIndex { $0?.topic.id == topicID } }
        return byTopic[topicID].map(Int.init)
    }

    /// - Parameter cursors: The one that is new included.
    mutating func insert(_ topicID: UInt32, at slot: Int, in cursors: [Cursor?]) {
        count += 1
        guard byTopic == nil else {
            byTopic![topicID] = UInt32(slot)
            return
        }
        guard count > Self.few else { return }
        var slots: [UInt32: UInt32] = [:]
        for (slot, cursor) in cursors.enumerated() {
            if let cursor { slots[cursor.topic.id] = UInt32(slot) }
        }
        byTopic = slots
    }

    mutating func remove(_ topicID: UInt32) {
        count -= 1
        byTopic?[topicID] = nil
    }
}
