import ArgumentParser
import Foundation
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik

@Suite("Reading and writing text")
struct TextTests {
    @Test(
        "sizes", arguments: [("0", 0), ("65536", 65_536), ("64k", 65_536), ("16MiB", 16 << 20), ("1GB", 1_000_000_000)])
    func sizes(text: String, bytes: UInt64) {
        #expect(ByteSize(argument: text)?.bytes == bytes)
    }

    @Test(
        "what is not a size", arguments: ["", "k", "-1", "1.5M", "1q", "99999999999999999999", "18446744073709551615k"])
    func noSizes(text: String) {
        #expect(ByteSize(argument: text) == nil)
    }

    @Test(
        "time spans",
        arguments: [("0", 0), ("500ms", 500), ("30s", 30_000), ("1h30m", 5_400_000), ("7d", 604_800_000)])
    func spans(text: String, milliseconds: UInt64) {
        #expect(TimeSpan(argument: text)?.milliseconds == milliseconds)
    }

    @Test("bare numbers are in the option's unit")
    func bareSpans() throws {
        #expect(try TimeSpan.inSeconds("1s") == TimeSpan(milliseconds: 1000))
        #expect(try TimeSpan.inSeconds("0.2") == TimeSpan(milliseconds: 200))
        #expect(try TimeSpan.inMilliseconds("200") == TimeSpan.inMilliseconds("200ms"))
        for text in ["-1", "nan", "inf", "1e30", "x"] {
            #expect(throws: ValidationError.self) { try TimeSpan.inSeconds(text) }
        }
        #expect(throws: ValidationError.self) { try TimeSpan.withUnit("1") }
    }

    @Test("what is not a time span", arguments: ["", "5", "s", "1h30", "-1s", "1y", "99999999999999999999s"])
    func noSpans(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }

    @Test(
        "starts",
        arguments: [
            ("new", StartText.position(.new)), ("connect", .position(.connection)), ("first", .position(.earliest)),
            ("seq:7", .position(.sequence(7))), ("last:7", .last(7)),
            ("time:10m", .ago(TimeSpan(milliseconds: 600_000))),
            ("time:0", .position(.time(0))), ("time:1767225600", .position(.time(1_767_225_600_000_000))),
            ("time:1767225600.25", .position(.time(1_767_225_600_250_000))),
            ("time:1767225600123", .position(.time(1_767_225_600_123_000))),
            ("time:1767225600123456", .position(.time(1_767_225_600_123_456))),
            ("time:1767225600123456789", .position(.time(1_767_225_600_123_456))),
        ])
    func starts(text: String, start: StartText) throws {
        #expect(try StartText.read(text) == start)
    }

    @Test(
        "what is not a start says what is one",
        arguments: [
            "", "seq:", "seq:x", "seq:-1", "time:", "time:yesterday", "last", "last:", "last:x", "new:", "first:1",
            "time:-5",
            "time:1.", "time:1767225600123.5", "time:2026-02-30", "time:99999999999999999999",
        ])
    func noStarts(text: String) {
        let error = #expect(throws: ValidationError.self) { try StartText.read(text) }
        #expect(error?.message.contains("last:N") == true)
    }

    @Test(
        "a wrong start is told first, then those that there are",
        arguments: [
            ("time:2026-13-01", "there is no month 13"), ("time:2026-02-30", "2026-02 has no day 30"),
            ("time:2026-01-01T24:00", "a time of day is written like"), ("last", "last needs a number: last:10"),
            ("seq:x", "seq needs a number: seq:7"), ("first:1", "first takes no value"),
            ("time:1969-12-31", "that is before 1970"), ("hop", "there is no such start"),
        ])
    func wrongStarts(text: String, problem: String) {
        let error = #expect(throws: ValidationError.self) { try StartText.read(text) }
        #expect(error?.message.hasPrefix(problem) == true, "\(error?.message ?? "")")
    }

    @Test(
        "dates are those of the calendar, with what ISO 8601 allows",
        arguments: [
            ("1970-01-01", 0), ("1970-01-02", 86_400_000_000), ("1970-01-01T00:00:01Z", 1_000_000),
            ("1970-01-01t00:00:01.5z", 1_500_000), ("1970-01-01 00:01", 60_000_000),
            ("1970-01-01T00:00:01,1234567", 1_123_456), ("1970-01-01T05:30:00+05:30", 0),
            ("1970-01-01T00:00-01", 3_600_000_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000), ("2024-02-29", 1_709_164_800_000_000),
            ("2026-12-31T23:59:59.999999Z", 1_798_761_599_999_999), ("2100-03-01", 4_107_542_400_000_000),
        ] as [(String, UInt64)])
    func dates(text: String, time: UInt64) throws {
        #expect((try CivilTime(reading: text)).time { _ in 0 } == time)
    }

    @Test(
        "what is not in the calendar is not a date",
        arguments: [
            "2026-02-29", "2026-02-30", "2100-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31",
            "1969-12-31",
            "2026-1-1", "2026-01-01T", "2026-01-01T24:00", "2026-01-01T12", "2026-01-01T12:60", "2026-01-01T12:00:60",
            "2026-01-01T12:00:00.", "2026-01-01T12:00+", "2026-01-01T12:00+24:00", "2026-01-01T12:00+05:60",
            "2026-01-01x",
            "1970-01-01T00:00:00+01:00", "２０２６-01-01",
        ])
    func noDates(text: String) { #expect(throws: CivilTime.Problem.self) { try CivilTime(reading: text) } }

    @Test("a date without a zone is local, where that is asked for")
    func localDates() throws {
        #expect(try CivilTime(reading: "1970-01-02T00:00").time { $0 == 86_400 ? 3600 : 0 } == 82_800_000_000)
        #expect(try CivilTime(reading: "1970-01-01").time { _ in 3600 } == 0)
    }

    @Test(
        "an object or an array is JSON as a whole, and keeps its parts without the space between them",
        arguments: [
            (" { \"a\" : [ 1 , -2.5e+3, true,false , null ] }\n", "{\"a\":[1,-2.5e+3,true,false,null]}"), ("[]", "[]"),
            ("{ }", "{}"), ("[ \"a b\\u00e9\\n\", {} ]", "[\"a b\\u00e9\\n\",{}]"), ("[[[]],[0]]", "[[[]],[0]]"),
            ("{\"заяц\":\"\u{7F}\u{202E}\"}", "{\"заяц\":\"\\u007f\\u202e\"}"),
        ])
    func nested(text: String, written: String) {
        var buffer = ByteBuffer(string: "{")
        buffer.writeNestedField("p", ByteBuffer(string: text))
        #expect(String(buffer: buffer) == "{\"p\":\(written)")
    }

    @Test(
        "anything else is text",
        arguments: [
            "5", "\"a\"", "null", "{", "[1", "[1]x", "[1]]", "{\"a\"}", "{\"a\":}", "{a:1}", "[1,]", "[,1]", "{,}",
            "[01]",
            "[1.]", "[.5]", "[+1]", "[1e]", "[-]", "[tru]", "[\"\u{1}\"]", "[\"\\x\"]", "[\"\\u12g4\"]", "[\"]",
            "{\"a\":1,}",
            "[1 2]", "{1:2}", String(repeating: "[", count: 100_000),
            String(repeating: "[", count: 300) + String(repeating: "]", count: 300),
        ])
    func notNested(text: String) throws {
        var buffer = ByteBuffer(string: "{")
        buffer.writeNestedField("p", ByteBuffer(string: text))
        buffer.writeString("}")
        let object = try JSONDecoder().decode([String: String].self, from: Data(buffer.readableBytesView))
        #expect(object == ["p": text])
    }

    @Test(
        "a rate below 100 has its decimals",
        arguments: [
            (0, "0"), (0.5, "0.5"), (0.0004, "0"), (0.0005, "0.001"), (1, "1"), (99.25, "99.25"), (100.7, "100"),
            (1e9, "1000000000"),
        ] as [(Double, String)])
    func rates(rate: Double, text: String) { #expect(RateText.text(rate) == text) }

    @Test("a payload for a terminal keeps its lines, and has what is harmful spelled out")
    func safe() {
        #expect(SafeText.escaped(ByteBuffer(string: "заяц 🐇\n\t.\u{1B}[2J")) == "заяц 🐇\n\t.␛[2J")
        #expect(SafeText.escaped(ByteBuffer(bytes: [0x41, 0xD0, 0x96, 0xFF, 0x1B])) == "AЖ\\xff␛")
    }

    @Test(
        "JSON strings",
        arguments: [
            ("", ""), ("plain", "plain"), ("q\"b\\", #"q\"b\\"#), ("a\nb\tc\r", #"a\nb\tc\r"#), ("заяц🐇", "заяц🐇"),
            ("\u{1B}[0m", #"\u001b[0m"#), ("x\u{85}y", #"x\u0085y"#), ("\u{202E}ab", #"\u202eab"#),
            ("é\u{E0041}é", #"é\udb40\udc41é"#), ("\u{7F}", #"\u007f"#),
        ])
    func json(text: String, written: String) {
        var buffer = ByteBuffer()
        buffer.writeJSON(text)
        #expect(String(buffer: buffer) == "\"\(written)\"")
    }

    @Test("example lines in the help fit 80 columns")
    func help() {
        let commands: [any ParsableCommand.Type] = [
            RootCommand.self, ServeCommand.self, PublishCommand.self, SubscribeCommand.self, TopicCreateCommand.self,
            TopicSetCommand.self, TopicListCommand.self, TopicInfoCommand.self, TopicRemoveCommand.self,
            ClientListCommand.self,
            ClientInfoCommand.self, SessionListCommand.self, SessionInfoCommand.self, SessionCreateCommand.self,
            SessionSetCommand.self, SessionSeekCommand.self, SessionRemoveCommand.self, ParkedListCommand.self,
            ParkedShowCommand.self, ParkedReleaseCommand.self, ParkedDropCommand.self, LagCommand.self,
            StopCommand.self, BenchCommand.self,
        ]
        for command in commands {
            for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count <= 80, "\(line)")
            }
        }
    }
}
