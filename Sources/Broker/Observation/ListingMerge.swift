/// Merges the lists of several loops into one, in steps.
struct ListingMerge<Row: Listed> {
    private let parts: [Listing<Row>]
    /// How many rows of each part have been used.
    private var used: [Int]
    private let limit: Int
    private var merged: Listing<Row>

    /// - Parameter limit: The most rows wanted.
    init(_ parts: [Listing<Row>], limit: UInt32) {
        self.parts = parts
        used = Array(repeating: 0, count: parts.count)
        self.limit = Int(min(limit, UInt32(Observation.mostRows)))
        merged = Listing(matching: parts.reduce(0) { $0 + $1.matching })
    }

    /// - Returns: The merged list when it is complete; nil if the budget was spent before.
    mutating func step(_ budget: inout StepBudget) -> Listing<Row>? {
        if parts.count == 1 { return parts[0] }
        while merged.rows.count < limit, let part = earliestPart {
            guard !budget.isSpent else { return nil }
            merged.rows.append(parts[part].rows[used[part]])
            used[part] += 1
            budget.spend(StepBudget.sorting)
        }
        return merged
    }

    /// The part whose next row comes first; nil if all are used up.
    private var earliestPart: Int? {
        var earliest: Int?
        for part in parts.indices where used[part] < parts[part].rows.count {
            guard let other = earliest else {
                earliest = part
                continue
            }
            if parts[part].rows[used[part]] < parts[other].rows[used[other]] { earliest = part }
        }
        return earliest
    }
}
