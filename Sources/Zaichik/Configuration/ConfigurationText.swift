import ZaichikProtocol

/// The configuration written as a file.
enum ConfigurationText {
    /// What is in effect, with where each value comes from. Reading it gives the same.
    static func effective(_ configuration: EffectiveConfiguration) -> [String] {
        var lines: [String] = []
        write(&lines) { key in
            let source = configuration.source(of: key)
            return entry(key, key.get(configuration.settings), comment: source)
        }
        return lines
    }

    /// The example file: every entry with its default, explained.
    static func example() -> [String] {
        var lines = [
            "# The configuration of a zaichik broker, with every entry at its default: a file with nothing but what differs",
            "# is as good. 'zaichik serve --config FILE' reads it, with --check-config it says what is wrong in it, and with",
            "# --print-config it prints what counts. An environment variable wins over the file, an option over both.",
            "# Sizes: 65536, 64KiB, 16MiB, 1GiB. Times: 500ms, 30s, 2m, 1h30m, 7d, or 0.",
        ]
        write(&lines) { key in
            var lines = comment(key)
            let standard = key.get(ServeSettings())
            if key.kind == .templates {
                lines += ["\(key.name): []"] + exampleTemplates.map { "# \($0)" }
            } else if let words = key.computed {
                lines.append("# \(key.name): (default: \(words))")
            } else {
                lines += entry(key, standard, comment: nil)
            }
            return lines
        }
        return lines
    }

    private static let exampleTemplates = [
        "templates:", "  - match: \"metrics.*\"", "    retention: 10m", "    overflow: drop", "  - match: \">\"",
        "    limit: 64MiB",
    ]

    /// Writes all entries with their groups; `body` gives an entry's lines without the indent of its group.
    private static func write(_ lines: inout [String], _ body: (ConfigurationKey) -> [String]) {
        var group: String?
        for key in ConfigurationKey.all {
            if let name = key.group, name != group { lines += ["", "\(name):"] }
            group = key.group
            let indent = key.group == nil ? "" : "  "
            lines += body(key).map { indent + $0 }
        }
    }

    private static func comment(_ key: ConfigurationKey) -> [String] {
        var facts = [key.isLive ? "SIGHUP changes it" : "needs a restart"]
        if let option = key.option { facts.append("--\(option)") }
        let summary = "\(key.summary.prefix(1).uppercased())\(key.summary.dropFirst())"
        return ["# \(summary) (\(key.kind.name); \(facts.joined(separator: "; ")))."]
    }

    private static func entry(_ key: ConfigurationKey, _ value: ConfigurationValue, comment: String?) -> [String] {
        let note = comment.map { "  # \($0)" } ?? ""
        switch value {
        case .absent: return ["# \(key.name):\(note)"]
        case .texts(let texts): return ["\(key.name):\(note)"] + texts.map { "  - \(quoted($0))" }
        case .templates(let templates):
            if templates.isEmpty { return ["\(key.name): []\(note)"] }
            return ["\(key.name):\(note)"] + templates.flatMap(lines)
        case .text(let text): return ["\(key.name): \(quoted(text))\(note)"]
        case .number, .flag: return ["\(key.name): \(key.kind.text(value))\(note)"]
        }
    }

    private static func lines(of template: ConfigurationValue.Template) -> [String] {
        ["  - match: \(quoted(template.match))"]
            + TopicSettings.Tag.allCases.compactMap { tag in
                template.settings[tag].map { "    \(tag.name): \(tag.kind.text(tag.value($0)))" }
            }
    }

    /// A text as YAML: in quotes, unless it can be nothing but a text.
    private static func quoted(_ text: String) -> String {
        let isWord = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        let isMore = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        if isWord, !isMore, text.first?.isLetter == true { return text }
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\t": "\\t"
            default: scalar.value < 0x20 || scalar.value == 0x7F ? "\\x" + hexadecimal(scalar.value) : String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }
}

extension ConfigurationText {
    /// The table of docs/CONFIGURATION.md.
    static func table() -> [String] {
        let head = ["| entry | value | default | what | SIGHUP | option |", "| --- | --- | --- | --- | --- | --- |"]
        return head
            + ConfigurationKey.all.map { key in
                let option = key.option.map { "`--\($0)`" } ?? ""
                let cells = [
                    "`\(key.path)`", key.kind.name, key.defaultText, key.summary, key.isLive ? "changes it" : "restart",
                    option,
                ]
                return "| \(cells.joined(separator: " | ")) |"
            }
    }
}
