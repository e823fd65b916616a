/// The scale of the sparklines of a column: one for all rows, so that they can be compared.
///
/// Its top is 1, 2, 3 or 5 with zeros, so that it stays while the figures change a little.
struct SparklineScale: Equatable, Sendable {
    /// The figure of the highest bar.
    let top: UInt64

    /// The smallest scale that holds a figure.
    init(holding most: UInt64) {
        var unit: UInt64 = 10
        while true {
            for factor: UInt64 in [1, 2, 3, 5] {
                let (top, isTooLarge) = unit.multipliedReportingOverflow(by: factor)
                if isTooLarge || top >= most {
                    self.top = isTooLarge ? .max : top
                    return
                }
            }
            let (next, isTooLarge) = unit.multipliedReportingOverflow(by: 10)
            guard !isTooLarge else {
                top = .max
                return
            }
            unit = next
        }
    }

    /// The top for a title, such as `300` or `20k`.
    var text: String {
        let units: [(UInt64, String)] = [(1_000_000_000, "G"), (1_000_000, "M"), (1000, "k")]
        for (size, letter) in units where top >= size { return "\(top / size)\(letter)" }
        return String(top)
    }
}
