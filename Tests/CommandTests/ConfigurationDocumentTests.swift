import Foundation
import Testing
import ZaichikBroker

@testable import Zaichik

/// `ZAICHIK_ACCEPT_DOCS=1 swift test --filter GeneratedBlockTests` writes both anew.
@Suite("What docs has of the configuration", .serialized)
struct ConfigurationGeneratedBlockTests {
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs")
        .standardized
    private static let accepts = ProcessInfo.processInfo.environment["ZAICHIK_ACCEPT_DOCS"] == "1"

    @Test("the example file is what the table of entries makes today, and loads to the defaults")
    func example() throws {
        let url = Self.docs.appending(path: "zaichik.example.yaml")
        let text = ConfigurationText.example().joined(separator: "\n") + "\n"
        if Self.accepts { try text.write(to: url, atomically: true, encoding: .utf8) }
        #expect(try String(contentsOf: url, encoding: .utf8) == text, "ZAICHIK_ACCEPT_DOCS=1 accepts the new one")
        var problems: [ConfigurationProblem] = []
        let configuration = EffectiveConfiguration(
            file: ConfigurationFile(name: "example", text), environment: [:], options: [], problems: &problems)
        #expect(problems == [])
        for key in ConfigurationKey.all {
            #expect(key.get(configuration.settings) == key.get(ServeSettings()), "\(key.path)")
            #expect(key.computed != nil || configuration.sources[key.path] != nil, "\(key.path) is not in the example")
        }
    }

    @Test("the table of entries in docs/CONFIGURATION.md is what the code has today")
    func table() throws {
        let url = Self.docs.appending(path: "CONFIGURATION.md")
        var lines = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: "<!-- generated: entries -->"))
        let end = try #require(lines.firstIndex(of: "<!-- end: entries -->"))
        let rows = ConfigurationText.table()
        if Self.accepts {
            lines.replaceSubrange((start + 1)..<end, with: rows)
            try lines.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(Array(lines[(start + 1)..<end]) == rows, "ZAICHIK_ACCEPT_DOCS=1 accepts the new one")
        }
    }
}
