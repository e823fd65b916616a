import ArgumentParser
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
            ("new", StartPosition.new), ("connect", .connection), ("first", .earliest), ("seq:7", .sequence(7)),
            ("time:1234", .time(1234)), ("time:1ms", .time(9000)), ("time:1h", .time(0)),
            ("time:1970-01-01T00:00:01Z", .time(1_000_000)), ("time:1970-01-02", .time(86_400_000_000)),
            ("time:1970-01-01T00:00:01.500Z", .time(1_500_000)),
        ])
    func starts(text: String, position: StartPosition) {
        #expect(StartText(text, now: 10_000)?.position == position)
    }

    @Test("what is not a start", arguments: ["", "seq:", "seq:x", "time:", "time:yesterday", "last"])
    func noStarts(text: String) {
        #expect(StartText(text, now: 10_000) == nil)
    }

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
            TopicSetCommand.self, TopicListCommand.self, TopicInfoCommand.self, ClientListCommand.self,
            ClientInfoCommand.self, LagCommand.self, StopCommand.self,
            BenchCommand.self,
        ]
        for command in commands {
            for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count <= 80, "\(line)")
            }
        }
    }
}
