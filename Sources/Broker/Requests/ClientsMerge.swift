import ZaichikProtocol

/// The gathered rows and sums of the clients of all loops.
struct ClientsAnswer {
    var sums: ClientSums
    /// Empty if no rows were asked for.
    var listing = Listing<ClientStatistics>()
}

/// Merges the results of the loops, query by query, in steps.
struct ClientsMerge {
    private let sums: ClientSums
    private var merges: [ListingMerge<ClientStatistics>?] = []
    private var answers: [ClientsAnswer] = []

    /// - Parameter queries: nil stands for no rows; the others are those of the parts, in their order.
    init(queries: [ClientQuery?], parts: [GatheredClients], sums: ClientSums) {
        self.sums = sums
        var place = 0
        for query in queries {
            guard let query else {
                merges.append(nil)
                continue
            }
            merges.append(ListingMerge(parts.map { $0.listings[place] }, limit: query.limit))
            place += 1
        }
    }

    /// - Returns: The answers, in the order of the queries, when all are complete; nil if another step is needed.
    mutating func step() -> [ClientsAnswer]? {
        var budget = StepBudget()
        while answers.count < merges.count {
            guard merges[answers.count] != nil else {
                answers.append(ClientsAnswer(sums: sums))
                continue
            }
            guard let listing = merges[answers.count]!.step(&budget) else { return nil }
            answers.append(ClientsAnswer(sums: sums, listing: listing))
        }
        return answers
    }
}
