import ArgumentParser
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik
@testable import ZaichikClient

@Suite("What people read about sessions")
struct SessionTextTests {
    @Test("every setting of a session has an option, whose help says what it is and its default")
    func options() {
        let help = SessionCreateCommand.helpMessage(columns: 1000)
        for tag in SessionSettings.Tag.allCases where tag != .mode {
            #expect(help.contains("--\(tag.name)"), "\(tag)")
            let summary = tag.summary.prefix(1).uppercased() + tag.summary.dropFirst()
            #expect(help.contains(summary), "\(tag)")
            #expect(help.contains("Default of a new one: \(SessionSettings().text(tag))."), "\(tag)")
        }
        for mode in SessionSettings.Mode.allCases { #expect(help.contains("--\(mode.description) "), "\(mode)") }
    }

    @Test("an option sets its setting and no other")
    func change() throws {
        let words: [(SessionSettings.Tag, [String], UInt64)] = [
            (.mode, ["--shared-by-key"], 2), (.expiry, ["--expiry", "7d"], 604_800_000),
            (.commitDeadline, ["--deadline", "30s"], 30_000), (.attempts, ["--attempts", "5"], 5),
            (.lagMessages, ["--lag-messages", "9"], 9), (.lagBytes, ["--lag-bytes", "1k"], 1024),
            (.lagOverflow, ["--lag-overflow", "disconnect"], 1),
        ]
        #expect(words.map(\.0) == SessionSettings.Tag.allCases)
        for (tag, words, value) in words {
            let change = try SessionSettingOptions.parse(words).change
            #expect(change.values == [tag: value], "\(words)")
            let session = try SessionSettingOptions.parse(words).session(named: "s")
            #expect(session.change == change && session.name == "s", "\(words)")
        }
    }

    private var absent: SessionDetail {
        var session = SessionStatistics()
        session.name = "bill\u{1B}ing"
        session.state = .absent
        session.settings.mode = .shared
        session[.lagMessages] = 12
        session[.parkedMessages] = 1
        session[.absentSince] = 11_045_000_000
        session[.expiresAt] = 12_045_000_000
        return SessionDetail(
            session: session, subscriptions: [.init(pattern: "orders.*", options: [.noEcho, .autoCommit])])
    }

    @Test("an absent session says since when nobody is there and when it ends")
    func absence() {
        let lines = SessionBlocks(detail: absent).lines(width: nil)
        #expect(lines[0] == "bill␛ing: absent")
        #expect(lines[1].contains("Nobody is attached since 1970-01-01T03:04:05.000Z"))
        #expect(lines[1].contains("ends at 1970-01-01T03:20:45.000Z"))
        #expect(lines.contains { $0.contains("orders.*") && $0.contains("no echo, auto-commit") })
        for width in [40, 60, 80] {
            for line in SessionBlocks(detail: absent).lines(width: width) {
                #expect(TextWidth.columns(of: line) <= width, "\(line)")
            }
        }
    }

    @Test("deleting says what was not done")
    func deletion() {
        #expect(SessionRemoveCommand.text(absent.session) == "deleted; 12 messages were not done, and 1 were parked")
        #expect(SessionRemoveCommand.text(SessionStatistics()) == "deleted; everything was done")
    }

    @Test("parked messages are numbers and ranges of them, from 1")
    func numbers() throws {
        #expect(try ParkedNumbers.range("17") == 17...17)
        #expect(try ParkedNumbers.range("5-9") == 5...9)
        for wrong in ["", "0", "-3", "9-5", "5-", "x", "1-2-3"] {
            #expect(throws: (any Error).self) { try ParkedNumbers.range(wrong) }
        }
    }

    @Test("a parked message is a row with the beginning of its payload, and an object in JSON")
    func parked() {
        var message = ParkedMessage()
        message.number = 3
        message.topic = "orders"
        message.sequence = 9
        message.attempts = 5
        message.reason = "exit code 1"
        message.payload = ByteBuffer(string: "{\"n\": 1}")
        message.payloadLength = 8
        let table = ParkedTable.make([message], time: { TimeText.text($0) })
        #expect(table.lines(aligned: false)[1].hasPrefix("3\torders\t9\t5\t0\texit code 1\t\t8\t{\"n\": 1}"))
        var buffer = ByteBuffer()
        buffer.beginObject()
        message.write(to: &buffer)
        buffer.endObject()
        #expect(
            String(buffer: buffer)
                == "{\"number\":3,\"topic\":\"orders\",\"sequence\":9,\"timestamp\":0,\"parked_at_us\":0,\"attempts\":5,"
                + "\"reason\":\"exit code 1\",\"key\":null,\"payload_bytes\":8,\"payload\":{\"n\":1}}")
    }
}
