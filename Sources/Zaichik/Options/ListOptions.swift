import ArgumentParser
import ZaichikProtocol

/// A figure by which a list can be sorted.
protocol ListedFigure: Figure {
    /// The figure by which a list is sorted if no other is named; nil: by name.
    static var standardSort: Self? { get }
    /// The texts that the filter searches.
    static var searched: String { get }
}

extension TopicFigure: ListedFigure {
    static var standardSort: TopicFigure? { nil }
    static var searched: String { "name" }
}

extension ClientFigure: ListedFigure {
    /// The clients that lose messages come first, then those that are behind: they are what people look for.
    static var standardSort: ClientFigure? { .severity }
    static var searched: String { "name, program, host or address" }
}

extension SessionFigure: ListedFigure {
    static var standardSort: SessionFigure? { .severity }
    static var searched: String { "name" }
}

/// The options of lists.
struct ListOptions<F: ListedFigure>: ParsableArguments {
    @Argument(help: "Only those with this text in their \(F.searched).")
    var filter = ""

    @Option(
        help: ArgumentHelp("The figure to sort by; else by \(F.standardSort?.name ?? "name").", valueName: "figure"))
    var sort: String?

    @Flag(help: "Smallest first.")
    var ascending = false

    @Option(help: "The most rows to list. Default: 1000.", transform: NumberText.whole(0...UInt32.max))
    var limit: UInt32 = 1000

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func validate() throws {
        if let sort, Self.figure(sort) == nil {
            throw ValidationError(
                "'\(sort)' is not a figure to sort by; use one of \(Self.figureNames).")
        }
    }

    var query: ListQuery<F> {
        let figure = sort.flatMap(Self.figure) ?? F.standardSort
        return ListQuery(sort: figure, descending: figure != nil && !ascending, limit: limit, filter: filter)
    }

    func tellOmitted(_ count: Int) {
        if count > 0 { StandardError.say("\(count) more rows match; --limit shows more") }
    }

    private static var figureNames: String { F.allCases.map { $0.name }.joined(separator: ", ") }

    private static func figure(_ name: String) -> F? { F.allCases.first { $0.name == name } }
}
