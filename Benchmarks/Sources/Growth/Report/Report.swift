import Foundation

/// Where results go: to standard output as tables, and to a file as JSON lines if one is named.
final class Report {
    private let file: FileHandle?
    private(set) var missed: [String] = []

    init(path: String?) throws {
        guard let path else {
            file = nil
            return
        }
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// - Parameters:
    ///   - facts: The conditions of the measurement: the machine, counts and sizes.
    func print(_ benchmark: String, _ table: Table, facts: String, goals: [Goal] = []) {
        var text = "\n\(benchmark): \(table.title)\n  \(facts)\n\n\(table.text)"
        for row in table.rows {
            write([("benchmark", benchmark), ("table", table.title)], zip(table.columns, row.map(\.json)))
        }
        for goal in goals {
            let measured = FigureText.number(goal.measured, decimals: goal.decimals)
            let limit = FigureText.number(goal.limit, decimals: goal.decimals)
            text += "  \(goal.isMet ? "met   " : "MISSED") \(goal.name): \(measured) \(goal.unit), goal ≤ \(limit)\n"
            if !goal.isMet { missed.append("\(benchmark): \(goal.name)") }
            write(
                [("benchmark", benchmark), ("goal", goal.name), ("unit", goal.unit)],
                [("measured", "\(goal.measured)"), ("limit", "\(goal.limit)"), ("met", "\(goal.isMet)")])
        }
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// Prints the progress to standard error.
    func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

    private func write(_ texts: [(String, String)], _ values: some Sequence<(String, String)>) {
        let fields = texts.map { ($0.0, JSONLine.quoted($0.1)) } + values
        file?.write(Data(JSONLine.object(fields).utf8))
    }
}
