import ArgumentParser
import ZaichikProtocol

/// What a list can be sorted by.
protocol ListedFigure: Figure {
    /// What it is sorted by if nobody says; nothing: by name.
    static var standardSort: Self? { get }
    /// Where the filter looks.
    static var searched: String { get }
}

extension TopicFigure: ListedFigure {
    static var standardSort: TopicFigure? { nil }
    static var searched: String { "name" }
}

extension ClientFigure: ListedFigure {
    /// Who is behind is what one looks for.
    static var standardSort: ClientFigure? { .lagMessages }
    static var searched: String { "name, program, host or address" }
}

/// What both lists take.
struct ListOptions<F: ListedFigure>: ParsableArguments {
    @Argument(help: "Only those with this text in their \(F.searched).")
    var filter = ""

    @Option(
        help: ArgumentHelp("The figure to sort by; else by \(F.standardSort?.name ?? "name").", valueName: "figure"))
    var sort: String?

    @Flag(help: "Smallest first.")
    var ascending = false

    @Option(help: "At most so many rows.")
    var limit: UInt32 = 1000

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func validate() throws {
        if let sort, Self.figure(sort) == nil {
            throw ValidationError(
                "'\(sort)' is no figure to sort by. There are: \(Self.figureNames).")
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
