import ZaichikProtocol
import ZaichikWords

/// What would help a queue, as the overlays show it.
enum RemedyText {
    /// Empty if nothing is wrong, or the verdict alone says it all.
    static func lines(_ detail: ClientDetail, columns: Int) -> [[Span]] {
        let remedies = Remedy.list(detail)
        guard !remedies.isEmpty else { return [] }
        return [[], [Span("WHAT WOULD HELP", .columnTitle)]]
            + remedies.flatMap { remedy in
                TextWidth.words(remedy.text, columns: max(columns - 2, 1)).map { [Span("  " + $0)] }
                    + command(remedy, columns: columns)
            }
    }

    /// The command as it is typed: a line break in it is no blank, so it is broken where the line ends.
    private static func command(_ remedy: Remedy, columns: Int) -> [[Span]] {
        guard let command = remedy.command else { return [] }
        return TextWidth.wrap(command, max(columns - 4, 1)).map { [Span("    " + $0, .strong)] }
    }
}
