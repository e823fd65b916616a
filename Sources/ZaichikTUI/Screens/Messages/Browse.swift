import ZaichikProtocol
import ZaichikWords

/// A topic that is looked at without subscribing to it: pages of the messages that it keeps.
struct Browse: Equatable {
    /// So many messages are asked for at once; the broker gives no more.
    static let page = UInt32(PeerLimits.peekedMessages)
    /// With so many lines left to an end, the page beyond it is asked for.
    private static let nearEnd = 20

    let topic: TopicName
    /// The ids of its lines are sequences.
    var log = MessageLog(follows: false)
    /// Asked, and not answered yet.
    var asked: BrowseRequest?
    /// Why there is no answer.
    var problem: String?
    /// The file to which messages are to be written when they are here as a whole, and their sequences.
    var export: Export?
    private(set) var hasOlder = true
    private(set) var hasNewer = true

    struct Export: Equatable {
        var path: String
        var sequences: [UInt64]
    }

    init(_ topic: TopicName) { self.topic = topic }

    /// A page beyond an end that the cursor is near to; nil if none is needed, or none is there.
    mutating func askForMore() -> BrowseRequest? {
        guard asked == nil, problem == nil, let cursor = log.cursor, let first = log.entries.first?.id,
            let last = log.entries.last?.id
        else { return nil }
        if hasOlder, first > 1, cursor < Self.nearEnd {
            let start = first - min(first - 1, UInt64(Self.page))
            asked = BrowseRequest(topic: topic, start: .sequence(start), part: .older)
        } else if hasNewer, cursor >= log.shown.count - Self.nearEnd {
            asked = BrowseRequest(topic: topic, start: .sequence(last + 1), part: .newer)
        }
        return asked
    }

    /// More may have been published since the last page was asked for.
    mutating func lookForNewer() { hasNewer = true }

    /// - Returns: What is to be asked next; nil if nothing is.
    mutating func take(
        _ messages: [ReceivedMessage], for request: BrowseRequest, height: Int
    ) -> BrowseRequest? {
        guard asked == request else { return nil }
        asked = nil
        problem = nil
        let page = messages.map { MessageEntry(id: $0.sequence, time: $0.timestamp, content: .message($0)) }
        let isFull = messages.count >= Int(Self.page)
        switch request.part {
        case .place: begin(page, isFull, request, height)
        case .newer:
            hasNewer = isFull
            let newer = page.filter { $0.id > log.lastID }
            if log.insert(newer, older: false) { hasOlder = true }
        case .older: takeOlder(page, isFull, request, height)
        }
        return asked
    }

    private mutating func begin(_ page: [MessageEntry], _ isFull: Bool, _ request: BrowseRequest, _ height: Int) {
        let filter = log.filter
        log = MessageLog(follows: false)
        log.setFilter(filter)
        _ = log.insert(page, older: false)
        let isEnd = if case .last = request.start { true } else { false }
        hasOlder = request.start != .earliest
        hasNewer = isFull && !isEnd
        if let id = isEnd ? page.last?.id : page.first?.id { log.select(id, height: height) }
    }

    private mutating func takeOlder(_ page: [MessageEntry], _ isFull: Bool, _ request: BrowseRequest, _ height: Int) {
        guard let first = log.entries.first?.id else { return }
        let older = page.filter { $0.id < first }
        if older.isEmpty {
            // None in this stretch: what is kept may begin above it, or have a hole. The earliest tells.
            hasOlder = request.start != .earliest
            if hasOlder { asked = BrowseRequest(topic: topic, start: .earliest, part: .older) }
        } else if isFull, older.count == page.count, older.last.map({ $0.id + 1 < first }) ?? false {
            // There are more between these and what is shown.
            begin(page, isFull, request, height)
            if let last = page.last?.id { log.select(last, height: height) }
        } else if log.insert(older, older: true) {
            hasNewer = true
        }
    }
}

/// Messages of a topic that are asked for, to be looked at.
struct BrowseRequest: Equatable, Sendable {
    enum Part: Equatable, Sendable {
        /// In place of what is shown.
        case place
        /// Before it, or behind it.
        case older, newer
    }

    var topic: TopicName
    var start: StartPosition
    var part: Part
}

/// What the broker tells of a topic that is browsed.
enum BrowseEvent: Equatable, Sendable {
    case page(BrowseRequest, [ReceivedMessage])
    case noPage(BrowseRequest, String)
    /// Messages as a whole, of which pages had the beginnings.
    case whole([ReceivedMessage])
    case noWhole(KeptMessages, String)
}
