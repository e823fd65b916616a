import DequeModule

/// The stream of the Messages pane, in bounded memory.
///
/// While the newest line is followed, the oldest lines go first and are counted. While the display is paused or the
/// cursor has been put on a line, the lines that are there stay; of those that come meanwhile the newest are kept, and a
/// line between tells how many are missing.
struct MessageLog: Equatable {
    static let maximumEntries = 5000
    static let maximumBytes = 32 << 20
    /// Lines in the middle go so many at once, since those behind them move up.
    private static let skippedAtOnce = 250

    private(set) var entries: Deque<MessageEntry> = []
    private(set) var lastID: UInt64 = 0
    private(set) var bytes = 0
    /// How many lines were dropped at the beginning.
    private(set) var dropped: UInt64 = 0
    private(set) var messageCount: UInt64 = 0
    /// The lines were cleared, and none has come since.
    private(set) var isCleared = false

    /// The line with the cursor; nil if the newest line is followed.
    private(set) var selected: UInt64?
    /// The newest line that is shown, while display is paused.
    private(set) var frozenAt: UInt64?
    /// The first line that is seen, while the newest is not followed.
    private var top: UInt64 = 0
    /// The lines up to this one stay, since they are looked at; nil while the newest is followed.
    private var heldUpTo: UInt64?
    /// The bytes of the lines after that.
    private var newerBytes = 0

    /// Which of the lines are shown.
    private(set) var filter = MessageFilter()
    /// The ids of those; nil if all are.
    private var passing: Deque<UInt64>?
    /// The lines that are marked, so that what is done is done with all of them.
    private(set) var marked: Set<UInt64> = []
    /// The cursor at the last line follows those that come.
    let follows: Bool

    /// - Parameter follows: Whether lines come by themselves.
    init(follows: Bool = true) { self.follows = follows }

    var isFollowing: Bool { selected == nil }

    mutating func append(_ content: MessageEntry.Content, at time: Moment) {
        lastID += 1
        isCleared = false
        let entry = MessageEntry(id: lastID, time: time, content: content)
        entries.append(entry)
        bytes += entry.bytes
        if case .message = content { messageCount += 1 }
        if passing != nil, filter.shows(entry) { passing?.append(entry.id) }
        guard let heldUpTo else { return dropOldest() }
        newerBytes += entry.bytes
        skipNewer(after: heldUpTo)
    }

    /// Forgets the lines that are shown, and begins to count anew.
    mutating func clear() {
        entries.removeAll()
        if passing != nil { passing = [] }
        marked = []
        bytes = 0
        newerBytes = 0
        messageCount = 0
        dropped = 0
        isCleared = true
        selected = nil
        heldUpTo = nil
        if frozenAt != nil { pause() }
    }

    // MARK: What is looked at

    mutating func pause() {
        frozenAt = lastID
        // With the cursor on a line, what is seen is held already: holding more each time would have no bound.
        if heldUpTo == nil { hold() }
    }

    mutating func resume() {
        frozenAt = nil
        letGoIfFollowing()
    }

    /// All lines that are there stay from now on, those far above what is seen only within the usual bounds.
    private mutating func hold() {
        heldUpTo = lastID
        newerBytes = 0
        dropOldest()
    }

    private mutating func letGoIfFollowing() {
        guard selected == nil, frozenAt == nil else { return }
        heldUpTo = nil
        newerBytes = 0
        dropOldest()
    }

    private mutating func dropOldest() {
        while entries.count > Self.maximumEntries || bytes > Self.maximumBytes, let oldest = entries.first,
            heldUpTo == nil || selected == nil || oldest.id < top
        {
            removeFirst(oldest)
            if case .skipped(let count) = oldest.content { dropped += count } else { dropped += 1 }
        }
    }

    private mutating func removeFirst(_ oldest: MessageEntry) {
        entries.removeFirst()
        if passing?.first == oldest.id { passing?.removeFirst() }
        marked.remove(oldest.id)
        bytes -= oldest.bytes
    }

    /// Keeps those that came after the held lines within half of the bounds: their oldest become one line that counts them.
    private mutating func skipNewer(after held: UInt64) {
        let start = entries.place(of: held + 1)
        let over = entries.count - start - Self.maximumEntries / 2
        guard over >= Self.skippedAtOnce || newerBytes > Self.maximumBytes / 2 else { return }
        var end = start
        var skipped: UInt64 = 0
        while end < entries.count - 1, end - start < Self.skippedAtOnce || newerBytes > Self.maximumBytes / 2 {
            let entry = entries[end]
            if case .skipped(let count) = entry.content { skipped += count } else { skipped += 1 }
            bytes -= entry.bytes
            newerBytes -= entry.bytes
            end += 1
        }
        guard end > start else { return }
        // It takes the place of the last of them.
        let note = MessageEntry(id: entries[end - 1].id, time: entries[end - 1].time, content: .skipped(skipped))
        bytes += note.bytes
        newerBytes += note.bytes
        for entry in entries[start..<end] { marked.remove(entry.id) }
        if let passing {
            let hidden = passing.place(of: entries[start].id)..<passing.place(of: note.id + 1)
            self.passing?.replaceSubrange(hidden, with: CollectionOfOne(note.id))
        }
        entries.replaceSubrange(start..<end, with: CollectionOfOne(note))
    }

    // MARK: What is shown

    /// Shows what had come at an instant.
    mutating func showUpTo(_ instant: Moment) {
        frozenAt = entries.last { $0.time <= instant }?.id ?? (entries.first?.id ?? 1) - 1
        selected = nil
    }

    /// The lines that are shown: up to where display was paused, and as the filter has it.
    var shown: ShownLines {
        let end = frozenAt.map { $0 + 1 } ?? .max
        return ShownLines(entries, ids: passing, count: passing?.place(of: end) ?? entries.place(of: end))
    }

    mutating func setFilter(_ filter: MessageFilter) {
        self.filter = filter
        passing = filter.isEmpty ? nil : Deque(entries.lazy.filter(filter.shows).map(\.id))
    }

    /// How many lines came since display was paused, or below the one with the cursor.
    var unseen: UInt64 { seenUpTo.map { lastID - $0 } ?? 0 }

    /// How many of ``unseen`` are not kept.
    var unseenSkipped: UInt64 {
        guard let seenUpTo else { return 0 }
        return entries[entries.place(of: seenUpTo + 1)...].reduce(0) { sum, entry in
            if case .skipped(let count) = entry.content { sum + count } else { sum }
        }
    }

    /// How many of ``unseen`` can be looked at, as the filter has it.
    var unseenKept: UInt64 {
        guard let seenUpTo, let passing else { return unseen - unseenSkipped }
        let first = entries.place(of: seenUpTo + 1)
        let notes = entries[first...].count { if case .skipped = $0.content { true } else { false } }
        return UInt64(passing.count - passing.place(of: seenUpTo + 1) - notes)
    }

    private var seenUpTo: UInt64? { frozenAt ?? selected }

    /// The place among ``shown`` of the line with the cursor: the last one, when the newest is followed.
    var cursor: Int? {
        let shown = shown
        guard !shown.isEmpty else { return nil }
        return min(selected.map { shown.place(of: $0) } ?? shown.count - 1, shown.count - 1)
    }

    var current: MessageEntry? { cursor.map { shown[$0] } }

    /// The place among ``shown`` of the first line that is seen.
    func firstSeen(height: Int) -> Int {
        let shown = shown
        let last = max(0, shown.count - height)
        return selected == nil ? last : min(shown.place(of: top), last)
    }

    /// Moves the cursor. At the last line moving down follows the newest again.
    mutating func move(by distance: Int, height: Int) {
        guard let cursor else { return }
        let shown = shown
        let target = cursor + max(min(distance, shown.count), -shown.count)
        if target >= shown.count - 1, distance > 0, follows {
            follow()
        } else {
            select(shown[min(max(target, 0), shown.count - 1)].id, height: height)
        }
    }

    mutating func follow() {
        selected = nil
        if let frozenAt, heldUpTo.map({ $0 < frozenAt }) ?? true { hold() }
        letGoIfFollowing()
    }

    /// Puts the cursor on a line, and stops following.
    mutating func select(_ id: UInt64, height: Int) {
        let shown = shown
        guard !shown.isEmpty else { return }
        var seen = firstSeen(height: height)
        let place = min(shown.place(of: id), shown.count - 1)
        if place < seen { seen = place }
        if place >= seen + height { seen = place - height + 1 }
        selected = shown[place].id
        top = shown[seen].id
        // Gone on to newer lines: now they are looked at.
        if heldUpTo.map({ shown[place].id > $0 }) ?? true { hold() }
    }

    // MARK: Marks

    /// Marks a line with a message, or no longer.
    mutating func toggleMark(_ entry: MessageEntry) {
        guard case .message = entry.content else { return }
        if marked.remove(entry.id) == nil { marked.insert(entry.id) }
    }

    mutating func unmarkAll() { marked = [] }

    /// The messages that are marked, the oldest first; without marks that under the cursor.
    var chosen: [ReceivedMessage] {
        let lines = marked.isEmpty ? current.map { [$0] } ?? [] : entries.filter { marked.contains($0.id) }
        return lines.compactMap(\.message)
    }
}

// What a topic keeps, a page after the other.
extension MessageLog {
    /// So many lines are kept of a topic that is browsed.
    static let mostKept = 2000

    /// Puts lines before the others or behind them; those at the other end go if there are too many.
    ///
    /// - Parameter page: Their ids ascend, and are below or above all others.
    /// - Returns: Whether some went.
    mutating func insert(_ page: [MessageEntry], older: Bool) -> Bool {
        if older { entries.prepend(contentsOf: page) } else { entries.append(contentsOf: page) }
        bytes += page.reduce(0) { $0 + $1.bytes }
        let over = max(0, entries.count - Self.mostKept)
        for _ in 0..<over {
            if let gone = older ? entries.popLast() : entries.popFirst() {
                marked.remove(gone.id)
                bytes -= gone.bytes
            }
        }
        lastID = entries.last?.id ?? 0
        messageCount = UInt64(entries.count)
        setFilter(filter)
        return over > 0
    }

    /// The same line with more of its message.
    mutating func replace(_ entry: MessageEntry) {
        let place = entries.place(of: entry.id)
        guard place < entries.count, entries[place].id == entry.id else { return }
        bytes += entry.bytes - entries[place].bytes
        entries[place] = entry
    }
}
