/// Measured values, to be summed up.
struct Samples: Sendable {
    private(set) var values: [Double]

    init(_ values: [Double] = []) { self.values = values }

    mutating func add(_ value: Double) {
        values.append(value)
    }

    var median: Double { percentile(50) }
    /// For costs: what the machine does besides, such as finding memory, only ever adds to some of the samples.
    var lowerQuartile: Double { percentile(25) }
    var least: Double { values.min() ?? 0 }
    var most: Double { values.max() ?? 0 }

    /// The least value that so many percent do not exceed.
    func percentile(_ percent: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank - 1, 0), sorted.count - 1)]
    }
}

func median(_ values: [Double]) -> Double { Samples(values).median }
