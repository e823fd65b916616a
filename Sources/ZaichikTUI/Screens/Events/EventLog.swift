import DequeModule
import ZaichikWords

/// The events of the Events pane, in bounded memory: those that the filter leaves, and where the cursor is.
struct EventLog: Equatable {
    static let most = 2000

    private(set) var entries: Deque<EventEntry> = []
    /// Those of ``entries`` that the filter leaves.
    private(set) var shown: Deque<EventEntry> = []
    private(set) var lastID: UInt64 = 0
    /// How many went out of the beginning, or were gone before they were read.
    private(set) var gone: UInt64 = 0
    /// Why they cannot be read; nil if they are.
    private(set) var problem: String?
    /// The broker was asked for them.
    var isAsked = false
    var filter = EventFilter("") {
        didSet { if filter != oldValue { applyFilter() } }
    }
    /// What is searched for; nil if nothing is.
    var search: TextSearch?
    /// The event with the cursor; nil if the newest is followed.
    private(set) var selected: UInt64?
    /// The first event that is seen, while the newest is not followed.
    private var top: UInt64 = 0
    /// Those that came while the display was paused; nil if it is not.
    private var waiting: [Report]?

    var isFollowing: Bool { selected == nil }
    /// How many came since the display was paused.
    var waitingCount: Int { waiting?.count ?? 0 }

    mutating func append(_ report: Report) {
        problem = nil
        guard waiting == nil else {
            waiting?.append(report)
            if let count = waiting?.count, count > Self.most {
                waiting?.removeFirst(Self.most / 4)
                miss(UInt64(Self.most / 4))
            }
            return
        }
        lastID += 1
        let entry = EventEntry(id: lastID, report)
        entries.append(entry)
        if filter.holds(entry) { shown.append(entry) }
        guard entries.count > Self.most else { return }
        let oldest = entries.removeFirst()
        if shown.first?.id == oldest.id { shown.removeFirst() }
        miss(1)
    }

    /// A broker may say any number.
    mutating func miss(_ count: UInt64) { gone += min(count, .max - gone) }
    mutating func fail(_ problem: String) { self.problem = problem }

    mutating func pause() { if waiting == nil { waiting = [] } }

    mutating func resume() {
        let reports = waiting ?? []
        waiting = nil
        for report in reports { append(report) }
    }

    private mutating func applyFilter() {
        let filter = filter
        shown = Deque(entries.lazy.filter(filter.holds))
        if selected != nil, shown.isEmpty { follow() }
    }

    /// Shows what had happened at an instant.
    mutating func showUpTo(_ instant: UInt64) {
        shown = Deque(shown.prefix { $0.report.time <= instant })
        follow()
    }

    // MARK: The cursor

    /// The place among ``shown`` of the event with the cursor: the last one, when the newest is followed.
    var cursor: Int? {
        let last = shown.count - 1
        guard last >= 0 else { return nil }
        return min(selected.map(place) ?? last, last)
    }

    var current: EventEntry? { cursor.map { shown[$0] } }

    /// How many came below the one with the cursor.
    var below: Int { selected == nil ? 0 : max(0, shown.count - 1 - (cursor ?? 0)) }

    /// The place among ``shown`` of the first event that is seen.
    func firstSeen(height: Int) -> Int {
        let last = max(0, shown.count - height)
        return selected == nil ? last : min(place(of: top), last)
    }

    /// Moves the cursor. At the last event moving down follows the newest again.
    mutating func move(by distance: Int, height: Int) {
        guard let cursor else { return }
        let target = cursor + max(min(distance, shown.count), -shown.count)
        if target >= shown.count - 1, distance > 0 {
            follow()
        } else {
            select(max(target, 0), height: height)
        }
    }

    mutating func follow() { selected = nil }

    /// Puts the cursor on the event at a place among ``shown``, and stops following.
    mutating func select(_ place: Int, height: Int) {
        guard !shown.isEmpty else { return }
        let place = min(max(place, 0), shown.count - 1)
        var seen = firstSeen(height: height)
        if place < seen { seen = place }
        if place >= seen + height { seen = place - height + 1 }
        selected = shown[place].id
        top = shown[seen].id
    }

    /// The place among ``shown`` of the first event whose id is not smaller.
    func place(of id: UInt64) -> Int {
        var low = 0
        var high = shown.count
        while low < high {
            let middle = (low + high) / 2
            if shown[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
