/// The queue that holds a full topic back, while publishers wait for room: noted once a second by the queue itself, as a
/// topic does not know the names of its readers.
struct HoldingQueue: Equatable, Sendable {
    /// Of its connection or session.
    var id: UInt64
    var name: String
    /// When it was noted, in µs since 1970.
    var noted: UInt64

    /// A note that is older stands for a queue that holds nothing back any more, in µs.
    static let memory: UInt64 = 5_000_000
}

extension Topic {
    func note(_ holder: HoldingQueue) {
        let holder = Apart(holder)
        locked { $0.heldBy = holder }
    }
}

extension TopicState {
    /// Whether publishers wait for room, and a cursor needs the earliest message that counts against the limit.
    func isHeldBack(by cursor: Cursor) -> Bool {
        !blocked.isEmpty && !cursor.isDetached && holds.isAtLowest(cursor.seat)
    }

    /// The queue that holds it back now; nil if none is known.
    func holder(now: UInt64) -> HoldingQueue? {
        heldBy.map(\.value).flatMap { now <= $0.noted + HoldingQueue.memory ? $0 : nil }
    }
}
