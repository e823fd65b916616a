import HeapModule
import ZaichikProtocol

/// The first rows of a list, kept while all are looked at, without sorting the others.
struct TopRows<Row: Listed> {
    private let limit: Int
    let order: ListOrder
    private var heap = Heap<Ranked<Row>>()
    private var listing = Listing<Row>()

    init<F: Figure>(_ query: ListQuery<F>) {
        limit = Int(min(query.limit, UInt32(Observation.mostRows)))
        order = ListOrder(query)
    }

    /// More rows are not moved to larger memory again and again.
    private static var few: Int { 1024 }

    /// Whether any rows are wanted; if not, only their number is.
    var wantsRows: Bool { limit > 0 }

    /// Counts a row that matches, whether or not it is among the first ones.
    mutating func count() { listing.matching += 1 }

    /// Whether a row is among the first ones so far.
    func takes(figure: UInt64, name: @autoclosure () -> String, id: UInt64) -> Bool {
        guard heap.count >= limit else { return true }
        guard let last = heap.max else { return false }
        let key = order.key(of: figure)
        // Most rows are told apart by their figures, and the names of others lie elsewhere in memory.
        guard key == last.key else { return key < last.key }
        return order.precedes((key, name(), id), (last.key, last.row.listName, last.row.listID))
    }

    /// Adds a row if it is among the first ones so far.
    ///
    /// - Parameter row: Evaluated only in that case.
    mutating func offer(figure: UInt64, name: String, id: UInt64, _ budget: inout StepBudget, row: () -> Row) {
        guard takes(figure: figure, name: name, id: id) else { return }
        let row = Ranked(key: order.key(of: figure), order: order, row: row())
        if heap.count < limit {
            if heap.count == Self.few { heap.reserveCapacity(limit) }
            heap.insert(row)
        } else {
            heap.replaceMax(with: row)
        }
        budget.spend(StepBudget.sorting)
    }

    /// Sorts the rows that were kept, as far as the budget allows.
    ///
    /// - Returns: The list when it is sorted; nil before.
    mutating func sorted(_ budget: inout StepBudget) -> Listing<Row>? {
        while let first = heap.min {
            guard !budget.isSpent else { return nil }
            listing.rows.append(first)
            heap.removeMin()
            budget.spend(StepBudget.sorting)
        }
        return listing
    }
}
