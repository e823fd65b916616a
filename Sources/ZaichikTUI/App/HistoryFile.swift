#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What was published, kept for the next run: a line each, its fields divided by tabs. The file is this person's only.
struct HistoryFile {
    /// Longer files are cut to the newest publishes when the program starts, in bytes.
    private static let longest = 1 << 20

    let path: String

    /// - Parameter directory: Where state is kept; it is made if it is not there.
    init(directory: String) { path = directory + "/published" }

    /// The newest publishes, the oldest first.
    func load() -> [PublishForm.Draft] {
        guard case .success(let bytes) = LocalFiles.read(path, most: 1 << 30) else { return [] }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).suffix(PublishForm.maximumHistory)
        let drafts = lines.compactMap { PublishForm.Draft(line: String(decoding: $0, as: UTF8.self)) }
        if bytes.count > Self.longest { _ = write(drafts.map(\.line).joined(), flags: O_TRUNC) }
        return drafts
    }

    /// - Returns: What is wrong; nil if it is kept.
    func append(_ draft: PublishForm.Draft) -> String? { write(draft.line, flags: O_APPEND) }

    private func write(_ text: String, flags: Int32) -> String? {
        TextFile.makeDirectory(of: path)
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        guard file >= 0 else { return LocalFiles.Problem.last.text }
        defer { close(file) }
        return LocalFiles.write(Array(text.utf8), to: file)
    }
}

extension PublishForm.Draft {
    /// With its end.
    var line: String { fields.map(Self.escaped).joined(separator: "\t") + "\n" }

    private var fields: [String] { [topic, key, headers, delay, expiry, body] }

    /// - Returns: nil if it has not the fields of a publish.
    init?(line: String) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(Self.unescaped)
        guard fields.count == 6 else { return nil }
        self.init(
            topic: fields[0], key: fields[1], headers: fields[2], delay: fields[3], expiry: fields[4], body: fields[5])
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                result.unicodeScalars.append(scalar == "t" ? "\t" : scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
