import Glibc
import Logging
import Testing

@testable import Zaichik

@Suite("Writing a log that may not be read", .timeLimit(.minutes(1)))
struct LogWriterTests {
    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(
            time: 0, level: .notice, label: "zaichik", metadata: metadata, source: "Tests", message: message)
    }

    @Test("a line has level, label, metadata in the order of their keys, source and message")
    func text() {
        let text = line("told", ["b": "2", "a": "1"]).text
        #expect(text.hasSuffix(" notice zaichik: a=1 b=2 [Tests] told"), "\(text)")
        #expect(text.hasPrefix("19"))
    }

    @Test("a client's name can neither break a line nor move the cursor")
    func escaped() {
        let text = line("told", ["name": "a\nb\u{1B}[2J"]).text
        #expect(text.contains("name=a␊b␛[2J"))
    }

    /// Fills a pipe, so that the next write to it waits.
    private func fill(_ descriptor: Int32) {
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        defer { _ = fcntl(descriptor, F_SETFL, flags) }
        while write(descriptor, "\n", 1) == 1 {}
    }

    @Test("logging never waits for a reader: lines that cannot be kept are dropped, counted and told of")
    func unread() {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        fill(ends[1])
        let writer = LogWriter(LogOutput(descriptor: ends[1]), capacity: 10)
        let total = 100
        for number in 1...total { writer.write(line("number \(number)")) }
        #expect(!writer.finish(within: .milliseconds(1)))
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        func lines(_ part: String) -> [Substring] { text.split(separator: "\n").filter { $0.contains(part) } }
        // The thread may have taken some lines before the rest came, so there may be two notes.
        func dropped() -> Int {
            lines("dropped, as the log").reduce(0) { sum, note in
                sum + (note.split(separator: " ").lazy.compactMap { Int($0) }.last ?? 0)
            }
        }
        while lines("[Tests]").count + dropped() < total {
            let count = read(ends[0], &bytes, bytes.count)
            text += String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        }
        #expect((80..<total).contains(dropped()))
        #expect(lines("[Tests]").first?.hasSuffix("number 1") == true)
        #expect(lines(" warning ").count == lines("dropped, as the log").count)
        writer.write(line("last"))
        #expect(writer.finish(within: .seconds(30)))
        let count = read(ends[0], &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).hasSuffix("] last\n"))
    }

    @Test("a reader that has gone away costs only lines")
    func closed() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let writer = LogWriter(LogOutput(descriptor: ends[1]))
        writer.write(line("lost"))
        #expect(writer.finish(within: .seconds(30)))
    }
}
