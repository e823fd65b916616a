import ZaichikProtocol

/// Which rows of a long list a table has. The first ones come with each update of the statistics; others are asked for as a
/// page when the cursor goes there, and again as long as it stays.
struct TablePages: Equatable, Sendable {
    /// The place of the first row that is here, in the whole list.
    var first = 0
    /// The page that is to be asked for; nil: none.
    private(set) var wanted: Int?
    /// Where the cursor goes when the page is here.
    private(set) var landing: Landing?
    private(set) var isAsked = false
    private(set) var askedAt: Moment = 0

    enum Landing: Equatable, Sendable {
        case first, last
    }

    /// Rows that two pages have in common, so that the cursor goes on from one to the next.
    static let overlap = 50
    /// How long a page holds, in µs; one that is far from the beginning costs the broker more.
    private static let period: UInt64 = 3 * Moment.second

    /// Whether the rows are those of an own page, not those of the statistics.
    var isApart: Bool { first > 0 || wanted != nil || isAsked }

    mutating func want(_ first: Int, landing: Landing?) { (wanted, self.landing) = (max(first, 0), landing) }

    /// The page to ask for now; it counts as asked.
    mutating func ask(now: Moment) -> Int? {
        let period = Self.period * UInt64(1 + first / 10_000)
        let isOld = first > 0 && !isAsked && (now < askedAt || now.since(askedAt) >= period)
        guard let page = wanted ?? (isOld ? first : nil) else { return nil }
        (wanted, isAsked, askedAt) = (nil, true, now)
        return page
    }

    mutating func taken(_ first: Int) {
        (self.first, isAsked, landing) = (first, false, nil)
    }

    /// There is no page; the next update of the statistics shows the first rows.
    mutating func failed() { isAsked = false }
}

/// A page of a list, to be asked for.
struct PageQuestion<F: Figure>: Equatable, Sendable {
    var query: ListQuery<F>
    /// The place of the first row.
    var first: Int
    var count: Int
    /// The broker sorts the other way round, since the end is nearer: exact only for names, which are all different.
    var isFromEnd = false

    /// - Parameters:
    ///   - matching: How many rows there are.
    init(_ query: ListQuery<F>, first: Int, count: Int, matching: Int) {
        (self.query, self.first, self.count) = (query, first, count)
        isFromEnd = query.sort == nil && first > matching / 2
        self.query.limit = UInt32(clamping: isFromEnd ? matching - first : first + count)
        if isFromEnd { self.query.descending.toggle() }
    }

    /// The rows of the page out of those of the answer, and the place of the first.
    func cut<Row>(_ answer: RowPage<Row>) -> (first: Int, page: RowPage<Row>) {
        let rows = isFromEnd ? Array(answer.rows.reversed()) : Array(answer.rows.dropFirst(first))
        let place = isFromEnd ? max(answer.matching - rows.count, 0) : min(first, answer.matching)
        return (place, RowPage(rows: Array(rows.prefix(count)), matching: answer.matching))
    }
}

extension Table {
    /// How many rows are above and below those that are here.
    var rowsAbove: Int { pages.first }
    var rowsBelow: Int { hasConditions ? 0 : max(0, matching - pages.first - received.count) }

    /// Asks for the page after this one or before it, as the cursor has come to its end.
    mutating func turnPage(by distance: Int, to new: Int) {
        guard !hasConditions, !rows.isEmpty else { return }
        if distance > 0, new == rows.count - 1, rowsBelow > 0 {
            let isEnd = distance >= Self.whole
            let next = isEnd ? matching - Int(Self.mostRows) : pages.first + received.count - TablePages.overlap
            pages.want(min(next, matching - Int(Self.mostRows)), landing: isEnd ? .last : nil)
        } else if distance < 0, new == 0, rowsAbove > 0 {
            let isStart = distance <= -Self.whole
            let next = isStart ? 0 : pages.first - Int(Self.mostRows) + TablePages.overlap
            pages.want(next, landing: isStart ? .first : nil)
        }
    }

    /// A distance that means all the way.
    static var whole: Int { 1_000_000 }

    /// The first rows again, as those of another order or filter are looked at.
    mutating func showFirstPage() { pages = TablePages() }

    /// The page to ask the broker for; nil: none.
    mutating func askPage(now: Moment) -> PageQuestion<Row.C.F>? {
        pages.ask(now: now).map {
            PageQuestion(query, first: $0, count: Int(Self.mostRows), matching: matching)
        }
    }
}
