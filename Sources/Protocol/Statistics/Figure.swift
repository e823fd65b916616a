/// One figure that the broker measures: the row of a table from which the wire, the program's columns, the
/// command line's JSON and the documents are made.
///
/// The raw value is the figure's index on the wire. New figures are appended; an index is never reused.
public protocol Figure: CaseIterable, Hashable, Sendable, RawRepresentable where RawValue == Int, AllCases == [Self] {
    /// The name in JSON and documents, in snake case.
    var name: String { get }
    var unit: FigureUnit { get }
    var summary: String { get }
}

public enum FigureUnit: String, Sendable {
    case messages
    case bytes
    case perSecond = "messages/s"
    case microseconds = "µs"
    /// µs since 1970 UTC.
    case time = "µs since 1970"
    case count
    case milliseconds = "ms"
}

/// The figures of one subject, in the order of their table. Figures that a peer did not send are 0.
public struct FigureRow<F: Figure>: Equatable, Sendable {
    public private(set) var values: [UInt64]

    public init() { values = Array(repeating: 0, count: F.allCases.count) }

    /// Takes every figure of the table from `figure`, which switches over all of them: a figure that is added to the
    /// table and not filled in does not compile.
    @inlinable
    public init(filledBy figure: (F) -> UInt64) { self.init(values: F.allCases.map(figure)) }

    @usableFromInline
    init(values: [UInt64]) { self.values = values }

    /// Reads the figures that a peer sent; those that the table does not have are ignored.
    init(wire: [UInt64]) {
        values = Array(wire.prefix(F.allCases.count))
        while values.count < F.allCases.count { values.append(0) }
    }

    public subscript(figure: F) -> UInt64 {
        get { values[figure.rawValue] }
        set { values[figure.rawValue] = newValue }
    }
}
