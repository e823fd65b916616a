import DequeModule

/// The lines of a log that are shown, in their order.
struct ShownLines: RandomAccessCollection {
    private let entries: Deque<MessageEntry>
    /// The ids of those that a filter leaves; nil if it leaves all.
    private let ids: Deque<UInt64>?
    let endIndex: Int

    /// - Parameter count: How many of them are shown.
    init(_ entries: Deque<MessageEntry>, ids: Deque<UInt64>?, count: Int) {
        self.entries = entries
        self.ids = ids
        endIndex = count
    }

    var startIndex: Int { 0 }

    subscript(place: Int) -> MessageEntry { entries[ids.map { entries.place(of: $0[place]) } ?? place] }
}

extension RandomAccessCollection where Element == MessageEntry, Index == Int {
    /// The place of the first line whose id is not smaller.
    func place(of id: UInt64) -> Int { firstPlace { $0.id >= id } }
}

extension RandomAccessCollection where Element == UInt64, Index == Int {
    /// The place of the first id that is not smaller.
    func place(of id: UInt64) -> Int { firstPlace { $0 >= id } }
}

extension RandomAccessCollection where Index == Int {
    /// The first place at which a condition holds that holds at all places after it; the end if there is none.
    fileprivate func firstPlace(_ holds: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
