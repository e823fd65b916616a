import Foundation
import Logging
import Testing
import ZaichikBroker
import ZaichikProtocol

@testable import Zaichik

@Suite("The configuration of a broker")
struct ConfigurationTests {
    private func read(_ text: String) -> ConfigurationFile { ConfigurationFile(name: "f.yaml", text) }

    private func effective(
        _ text: String, environment: [String: String] = [:], _ options: [EffectiveConfiguration.Given] = []
    ) -> (EffectiveConfiguration, [String]) {
        var problems: [ConfigurationProblem] = []
        let configuration = EffectiveConfiguration(
            file: read(text), environment: environment, options: options, problems: &problems)
        return (configuration, problems.map(\.description))
    }

    @Test("every limit that an option of serve sets has an entry, with the words of the table of limits")
    func limits() throws {
        for limit in Limit.all {
            guard case .option(let option) = limit.setting else { continue }
            let key = try #require(ConfigurationKey.set(by: option), "\(option)")
            let end = limit.what.split(separator: " ").suffix(4).joined(separator: " ")
            #expect(key.summary.hasSuffix(end), "\(key.summary)")
        }
    }

    @Test("paths, options and variables are each of one entry; a path has one group at most")
    func unique() {
        let keys = ConfigurationKey.all
        #expect(Set(keys.map(\.path)).count == keys.count)
        #expect(Set(keys.compactMap(\.option)).count == keys.compactMap(\.option).count)
        #expect(Set(keys.compactMap(\.variable)).count == keys.count - 1)
        for key in keys { #expect(key.path.split(separator: ".").count <= 2) }
        for tag in SessionSettings.Tag.allCases { #expect(ConfigurationKey.at("sessions.\(tag.name)") != nil) }
    }

    @Test("an empty file, and one of comments and empty groups, is the defaults")
    func empty() {
        for text in ["", "# nothing\n", "limits:\n  # topics: 5\nlog: ~\n"] {
            let (configuration, problems) = effective(text)
            #expect(problems == [])
            #expect(configuration.sources.isEmpty)
        }
    }

    @Test(
        "every kind of entry is read",
        arguments: [
            ("listen: localhost:1", "listen", "localhost:1"),
            ("listen: ['[::1]:5', 10.0.0.1:6]", "listen", "[::1]:5, 10.0.0.1:6"),
            ("name: burrow", "name", "burrow"), ("name: '12'", "name", "12"), ("loops: 3", "loops", "3"),
            ("memory-limit: 64MiB", "memory-limit", "64MiB"), ("memory-limit: 67108864", "memory-limit", "64MiB"),
            ("limits: {connections: 7}", "limits.connections", "7"),
            ("times:\n  producer: 90s", "times.producer", "90s"),
            ("times:\n  unused-topics: 1500ms", "times.unused-topics", "2s"),
            ("times: {shutdown: 0}", "times.shutdown", "0"),
            ("log: {level: debug, format: json}", "log.format", "json"), ("log: {file: /tmp/x}", "log.file", "/tmp/x"),
            ("topics: {create-by-use: false}", "topics.create-by-use", "false"),
            ("sessions: {mode: shared-by-key}", "sessions.mode", "shared-by-key"),
            ("sessions: {commit-deadline: 0}", "sessions.commit-deadline", "0"),
            ("sessions: {lag-bytes: 1GiB}", "sessions.lag-bytes", "1GiB"),
            (
                "topics:\n  templates:\n  - {match: 'm.*', retention: 1h, overflow: block}\n  - match: \">\"",
                "topics.templates",
                "m.* retention 1h overflow block; >"
            ),
        ])
    func values(text: String, path: String, expected: String) throws {
        let (configuration, problems) = effective(text)
        let key = try #require(ConfigurationKey.at(path))
        #expect(problems == [])
        #expect(key.kind.text(key.get(configuration.settings)) == expected)
        #expect(configuration.source(of: key).hasPrefix("f.yaml:"))
    }

    @Test(
        "each error says where, what was wrong and what would be right",
        arguments: [
            ("limit: {}", "f.yaml:1:1: there is no entry 'limit'; did you mean 'limits'?"),
            ("limits:\n  topcs: 5", "f.yaml:2:3: there is no entry 'topcs'; did you mean 'topics'?"),
            ("max_conns: 5", "there is no entry 'max_conns'; the file may have listen, name, loops"),
            (
                "connections: 5",
                "f.yaml:1:1: there is no 'connections' here; it belongs to 'limits': limits.connections"
            ),
            ("limits: 5", "f.yaml:1:9: 'limits' has entries of its own, such as 'connections: …' on the next line"),
            ("- a", "f.yaml:1:1: the file has entries, such as 'listen: [127.0.0.1:8889]'"),
            ("limits:\n  topics: -1", "f.yaml:2:11: 'topics' cannot be '-1'; it is a whole number, at least 1"),
            (
                "limits:\n  topics: [1]",
                "f.yaml:2:11: 'topics' is one value, not a list; it is a whole number, at least 1"
            ),
            ("limits:\n  topics:", "'topics' has no value; it is a whole number, at least 1"),
            ("loops: 257", "f.yaml:1:8: 'loops' cannot be '257'; it is a whole number, at least 1 and at most 256"),
            ("memory-limit: 1k", "'memory-limit' cannot be '1k'; it is a size such as 64KiB or 16MiB, at least 1MiB"),
            ("times: {producer: 10}", "'producer' cannot be '10'; it is a time with its unit"),
            ("log: {level: Debug}", "'level' cannot be 'Debug'; it is one of trace, debug, info"),
            ("topics: {create-by-use: no}", "'create-by-use' cannot be 'no'; it is true or false"),
            ("listen: []", "f.yaml:1:9: 'listen' is empty; it is a list of addresses"),
            ("listen: ['::1:5']", "f.yaml:1:10: 'listen' cannot be '::1:5'; it is an address as HOST:PORT"),
            ("topics: {templates: {match: a}}", "'templates' is a list: begin each template with '- match: PATTERN'"),
            ("topics:\n  templates:\n  - retention: 1h", "f.yaml:3:5: the template has no 'match: PATTERN'"),
            ("topics:\n  templates:\n  - match: a..b", "f.yaml:3:12: 'match' cannot be 'a..b': "),
            ("topics:\n  templates:\n  - {match: a, retntion: 1h}", "did you mean 'retention'?"),
            ("sessions: {commit-deadline: 5ms}", "or 0, at least 100ms"),
            ("loops: 1\nname: a\nloops: 2", "f.yaml:3:1: 'loops' is there already, in line 1; leave one of them out"),
            ("limits: {topics: 5, topics: 6}", "f.yaml:1:10: 'topics' is there twice; leave one of them out"),
            ("a: [1\nb: 2", "f.yaml:2:2: this is not YAML: "),
            ("loops: *x", "this is not YAML: found undefined alias"),
            ("? [a, b]\n: 5", "f.yaml:1:3: an entry's name is a word"),
        ])
    func mistakes(text: String, expected: String) {
        let problems = read(text).problems.map(\.description)
        #expect(problems.count == 1 && problems[0].contains(expected), "\(problems)")
    }

    @Test("all errors are told, in the order of the file, also behind an entry that is there twice")
    func all() {
        let text =
            "loops: x\nlimits:\n  topics: 1\n  topics: 2\n  frame: 1\nlog:\n  colour: red\nlimits:\n  sessions: y\nname:\n"
        let places = read(text).problems.map { $0.place }
        #expect(places == ["f.yaml:1:8", "f.yaml:4:3", "f.yaml:5:10", "f.yaml:7:3", "f.yaml:8:1", "f.yaml:10:6"])
    }

    @Test("an environment variable wins over the file, an option over both, and it is told which won")
    func order() throws {
        let text = "limits: {topics: 1}\nlog: {level: info}"
        let environment = [
            "ZAICHIK_SERVE_LIMITS_TOPICS": "2", "ZAICHIK_LOG": "DEBUG", "ZAICHIK_SERVE_LOG_LEVEL": "",
            "ZAICHIK_SERVE_LISTEN": "a:1, b:2",
        ]
        let (configuration, problems) = effective(
            text, environment: environment, [.init(option: "max-topics", value: .number(3))])
        #expect(problems == [])
        #expect(configuration.settings.broker.maximumTopics == 3)
        #expect(configuration.settings.logLevel == .debug)
        #expect(configuration.settings.broker.listen.map(\.description) == ["a:1", "b:2"])
        let topics = try #require(ConfigurationKey.at("limits.topics"))
        #expect(configuration.source(of: topics) == "--max-topics, over ZAICHIK_SERVE_LIMITS_TOPICS and f.yaml:1")
        #expect(configuration.contested.map(\.path) == ["limits.topics", "log.level"])
    }

    @Test("wrong and unknown variables are errors")
    func variables() {
        let (_, problems) = effective(
            "", environment: ["ZAICHIK_SERVE_LIMITS_TOPIC": "2", "ZAICHIK_SERVE_LOOPS": "many", "ZAICHIK_LOG": "loud"])
        #expect(problems.count == 3)
        #expect(problems.contains { $0.hasSuffix("did you mean 'ZAICHIK_SERVE_LIMITS_TOPICS'?") })
        #expect(problems.contains { $0.hasPrefix("ZAICHIK_SERVE_LOOPS: 'loops' cannot be 'many'") })
        #expect(problems.contains { $0.hasPrefix("ZAICHIK_LOG: 'log.level' cannot be 'loud'") })
    }

    @Test("what is printed loads to the same, whatever texts it has")
    func printed() throws {
        var settings = "name: \"a \\\"b\\\": # \\x1b true\"\nlisten: ['[::]:1', x:2]\ntimes: {unused-history: 90s}\n"
        settings += "log: {file: 'on'}\nsessions: {attempts: 5, mode: shared}\n"
        settings += "topics: {create-by-use: false, templates: [{match: '>', dedup-window: 2m, dedup-scope: topic}]}\n"
        let (first, problems) = effective(settings)
        #expect(problems == [])
        let (second, again) = effective(ConfigurationText.effective(first).joined(separator: "\n"))
        #expect(again == [])
        for key in ConfigurationKey.all { #expect(key.get(first.settings) == key.get(second.settings), "\(key.path)") }
    }

    @Test("of a later configuration that which is live is taken, and every difference is told")
    func adopted() {
        var (configuration, _) = effective("loops: 1\nlimits: {topics: 1, sessions: 7}")
        let changes = configuration.adopt(effective("loops: 2\nlimits: {topics: 2, sessions: 7}\nlog: {level: info}").0)
        #expect(changes.map(\.key.path) == ["loops", "limits.topics", "log.level"])
        #expect(configuration.settings.broker.loops == 1)
        #expect(configuration.settings.broker.maximumTopics == 2)
        #expect(
            configuration.adopt(effective("loops: 2\nlimits: {topics: 2, sessions: 7}\nlog: {level: info}").0).count
                == 1)
    }

    @Test("a line of the log as JSON has no quotes around what is in quotes in text")
    func json() {
        let text = "a \"b\"\n\u{1B}ж"
        let quoted = text.debugDescription.replacing("\\'", with: "'")
        #expect(QuotedText.plain(quoted) == text)
        #expect(QuotedText.plain("\"") == "\"" && QuotedText.plain("a") == "a")
        let line = LogLine(
            time: 0, level: .info, label: "zaichik", metadata: ["name": "\(quoted)", "n": "5"], source: "X",
            message: "m")
        #expect(
            line.json.hasSuffix(
                #""label":"zaichik","source":"X","message":"m","values":{"n":"5","name":"a \"b\"\n\u001bж"}}"#))
    }
}
