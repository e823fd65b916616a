import DequeModule

/// The stream of the Messages pane: bounded, the oldest lines go first and are counted.
struct MessageLog: Equatable {
    static let maximumEntries = 5000
    static let maximumBytes = 32 << 20

    private(set) var entries: Deque<MessageEntry> = []
    private(set) var lastID: UInt64 = 0
    private(set) var bytes = 0
    /// How many lines were dropped.
    private(set) var dropped: UInt64 = 0
    private(set) var messageCount: UInt64 = 0

    /// The line with the cursor; nil if the newest line is followed.
    private(set) var selected: UInt64?
    /// The first line that is seen, while the newest is not followed.
    private var top: UInt64 = 0
    /// The newest line that is shown, while display is paused.
    var frozenAt: UInt64?

    var isFollowing: Bool { selected == nil }

    mutating func append(_ content: MessageEntry.Content, at time: Moment) {
        lastID += 1
        let entry = MessageEntry(id: lastID, time: time, content: content)
        entries.append(entry)
        bytes += entry.bytes
        if case .message = content { messageCount += 1 }
        while entries.count > Self.maximumEntries || bytes > Self.maximumBytes, let oldest = entries.popFirst() {
            bytes -= oldest.bytes
            dropped += 1
        }
        if let selected, let first = entries.first?.id, selected < first { self.selected = first }
    }

    /// Forgets the lines that are shown. They do not count as dropped, since it was asked for.
    mutating func clear() {
        entries.removeAll()
        bytes = 0
        selected = nil
        if frozenAt != nil { frozenAt = lastID }
    }

    /// The lines that may be shown.
    var shown: Deque<MessageEntry>.SubSequence {
        guard let frozenAt, let first = entries.first?.id else { return entries[...] }
        return entries.prefix(frozenAt >= first ? Int(frozenAt - first) + 1 : 0)
    }

    /// How many lines came since display was paused, or below the one with the cursor.
    var unseen: UInt64 {
        if let frozenAt { return lastID - frozenAt }
        return selected.map { lastID - $0 } ?? 0
    }

    /// The place among ``shown`` of the line with the cursor: the last one, when the newest is followed.
    var cursor: Int? {
        let shown = shown
        guard let first = shown.first?.id else { return nil }
        guard let selected else { return shown.count - 1 }
        return min(max(Int(selected) - Int(first), 0), shown.count - 1)
    }

    var current: MessageEntry? { cursor.map { shown[shown.startIndex + $0] } }

    /// The place among ``shown`` of the first line that is seen.
    func firstSeen(height: Int) -> Int {
        let shown = shown
        let last = max(0, shown.count - height)
        guard selected != nil, let first = shown.first?.id else { return last }
        return min(top > first ? Int(top - first) : 0, last)
    }

    /// Moves the cursor. At the last line moving down follows the newest again.
    mutating func move(by distance: Int, height: Int) {
        guard let cursor else { return }
        let shown = shown
        let target = cursor + max(min(distance, shown.count), -shown.count)
        if target >= shown.count - 1, distance > 0 {
            follow()
        } else {
            select(shown[shown.startIndex + max(target, 0)].id, height: height)
        }
    }

    mutating func follow() { selected = nil }

    /// Puts the cursor on a line, and stops following.
    mutating func select(_ id: UInt64, height: Int) {
        guard let first = shown.first?.id else { return }
        var seen = firstSeen(height: height)
        let place = Int(max(id, first) - first)
        if place < seen { seen = place }
        if place >= seen + height { seen = place - height + 1 }
        selected = id
        top = first + UInt64(seen)
    }
}
