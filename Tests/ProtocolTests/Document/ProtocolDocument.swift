import Foundation

/// docs/PROTOCOL.md, as far as tests read it: tables and generated blocks, each behind a marker of its own.
struct ProtocolDocument {
    static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/PROTOCOL.md")

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var lines: [String]

    init() throws {
        lines = try String(contentsOf: Self.url, encoding: .utf8).components(separatedBy: "\n")
    }

    /// The rows behind `<!-- table: name -->` or at the top of a generated block, without the two lines of the head.
    func rows(_ name: String) throws -> [[String]] {
        let markers = ["<!-- table: \(name) -->", "<!-- layout: \(name) -->", "<!-- generated: \(name) -->"]
        guard let marker = lines.firstIndex(where: markers.contains) else {
            throw Missing(description: "no table '\(name)' in PROTOCOL.md")
        }
        return lines[(marker + 1)...].prefix { $0.hasPrefix("|") }.dropFirst(2).map(Self.cells)
    }

    /// What stands between `<!-- kind: ` and ` -->`, in the order of the document.
    func names(_ kind: String) -> [String] {
        lines.compactMap { line in
            guard line.hasPrefix("<!-- \(kind): "), line.hasSuffix(" -->") else { return nil }
            return String(line.dropFirst("<!-- \(kind): ".count).dropLast(" -->".count))
        }
    }

    /// The lines between a generated block's markers.
    func block(_ name: String) throws -> [String] {
        Array(lines[try range(name)])
    }

    mutating func replaceBlock(_ name: String, by block: [String]) throws {
        lines.replaceSubrange(try range(name), with: block)
    }

    func save() throws {
        try lines.joined(separator: "\n").write(to: Self.url, atomically: true, encoding: .utf8)
    }

    private func range(_ name: String) throws -> Range<Int> {
        guard let start = lines.firstIndex(of: "<!-- generated: \(name) -->"),
            let end = lines.firstIndex(of: "<!-- end: \(name) -->"), start < end
        else { throw Missing(description: "no generated block '\(name)' in PROTOCOL.md") }
        return (start + 1)..<end
    }

    /// The cells of a table's row, without the backticks around a whole cell.
    private static func cells(_ row: String) -> [String] {
        row.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { cell in
            let text = cell.trimmingCharacters(in: .whitespaces)
            let bare =
                text.count > 2 && text.hasPrefix("`") && text.hasSuffix("`") ? text.dropFirst().dropLast() : text[...]
            return bare.contains("`") ? text : String(bare)
        }
    }
}
