import Testing

@testable import ZaichikTUI

@Suite struct MessageLogTests {
    private func log(_ count: Int) -> MessageLog {
        var log = MessageLog()
        for number in 0..<count { log.append(.note("\(number)"), at: 0) }
        return log
    }

    @Test("the log is bounded, and says how much it dropped")
    func bounded() {
        let log = log(MessageLog.maximumEntries + 25)
        #expect(log.entries.count == MessageLog.maximumEntries)
        #expect(log.dropped == 25)
        #expect(log.entries.first?.id == 26)
    }

    @Test("of what came below, the lines that can be reached and those not kept are counted apart")
    func skippedApart() {
        var log = log(100)
        log.move(by: -1, height: 10)
        for number in 0..<30_000 { log.append(.note("\(number)"), at: 0) }
        let below = log.entries.filter { entry in
            if case .skipped = entry.content { false } else { entry.id > log.selected! }
        }
        #expect(log.unseenSkipped > 0)
        #expect(log.unseen - log.unseenSkipped == UInt64(below.count))
    }

    @Test("cleared lines are counted no longer, and it is known that there were some")
    func clearedCount() {
        var log = log(MessageLog.maximumEntries + 25)
        log.clear()
        #expect(log.messageCount == 0 && log.dropped == 0 && log.unseen == 0 && log.isCleared)
        log.append(.note("new"), at: 0)
        #expect(!log.isCleared)
    }

    @Test("it is bounded by bytes too")
    func boundedBytes() {
        var log = MessageLog()
        let payload = [UInt8](repeating: 65, count: ReceivedMessage.maximumKept)
        for number in 1...1000 as ClosedRange<UInt64> {
            log.append(
                .message(
                    ReceivedMessage(
                        topic: "t", sequence: number, timestamp: 0, key: nil, payload: payload, length: payload.count,
                        number: number, connection: 1)), at: 0)
        }
        #expect(log.bytes <= MessageLog.maximumBytes)
        #expect(log.dropped == 1000 - UInt64(log.entries.count))
        #expect(log.messageCount == 1000)
    }

    @Test("following shows the last lines; moving up stops it, the end begins it again")
    func following() {
        var log = log(100)
        #expect(log.firstSeen(height: 10) == 90)
        log.move(by: -1, height: 10)
        #expect(!log.isFollowing && log.cursor == 98 && log.firstSeen(height: 10) == 90)
        log.append(.note("new"), at: 0)
        #expect(log.cursor == 98 && log.firstSeen(height: 10) == 90 && log.unseen == 2)
        log.move(by: 1000, height: 10)
        #expect(log.isFollowing && log.firstSeen(height: 10) == 91)
    }

    @Test("the cursor moves within what is seen before what is seen moves")
    func scrolling() {
        var log = log(100)
        for step in 1...9 {
            log.move(by: -1, height: 10)
            #expect(log.firstSeen(height: 10) == 90)
            #expect(log.cursor == 99 - step)
        }
        log.move(by: -1, height: 10)
        #expect(log.firstSeen(height: 10) == 89)
        log.move(by: -1000, height: 10)
        #expect(log.cursor == 0 && log.firstSeen(height: 10) == 0)
    }

    /// The texts of the lines that are seen.
    private func seen(_ log: MessageLog, height: Int = 10) -> [String] {
        log.shown.dropFirst(log.firstSeen(height: height)).prefix(height).map {
            if case .note(let text) = $0.content { text } else { "?" }
        }
    }

    private func message(_ number: UInt64, bytes: Int) -> MessageEntry.Content {
        .message(
            ReceivedMessage(
                topic: "t", sequence: number, timestamp: 0, key: nil, payload: [UInt8](repeating: 65, count: bytes),
                length: bytes, number: number, connection: 1))
    }

    @Test(
        "lines that are looked at stay, however many come: with the cursor on one, or paused", arguments: [false, true])
    func held(isPaused: Bool) {
        var log = log(MessageLog.maximumEntries)
        if isPaused { log.pause() } else { log.move(by: -5, height: 10) }
        let (lines, cursor) = (seen(log), log.current)
        for number in 0..<60_000 {
            log.append(.note("new \(number)"), at: 0)
            if number % 1999 == 0 { #expect(seen(log) == lines && log.current == cursor) }
            #expect(log.entries.count <= MessageLog.maximumEntries * 3 / 2 + 250)
        }
        #expect(seen(log) == lines && log.current == cursor && log.dropped == 0)
        if isPaused { log.resume() } else { log.move(by: 100_000, height: 10) }
        #expect(log.isFollowing && seen(log).last == "new 59999")
        #expect(log.entries.count <= MessageLog.maximumEntries)
    }

    @Test("what came and was not kept is counted in a line at its place, and no line is missing without that")
    func skipped() {
        var log = log(10)
        log.move(by: -2, height: 4)
        for number in 0..<20_000 { log.append(.note("new \(number)"), at: 0) }
        var lines: UInt64 = 0
        for (index, entry) in log.entries.enumerated() {
            if case .skipped(let count) = entry.content {
                #expect(index == 10)
                lines += count
            } else {
                lines += 1
            }
        }
        #expect(lines == 20_010)
        #expect(zip(log.entries, log.entries.dropFirst()).allSatisfy { $0.id < $1.id })
        log.follow()
        for number in 0..<MessageLog.maximumEntries { log.append(.note("more \(number)"), at: 0) }
        #expect(log.dropped == 20_010)
    }

    @Test("large messages that come meanwhile keep to the bound in bytes")
    func heldBytes() {
        var log = log(10)
        log.append(message(1, bytes: ReceivedMessage.maximumKept), at: 0)
        log.move(by: -1, height: 4)
        for number in 2...2000 as ClosedRange<UInt64> {
            log.append(message(number, bytes: ReceivedMessage.maximumKept), at: 0)
            #expect(log.bytes <= MessageLog.maximumBytes * 3 / 2)
        }
        #expect(log.entries.first?.id == 1)
        #expect(log.bytes == log.entries.reduce(0) { $0 + $1.bytes })
    }

    @Test("pausing again and again with the cursor on an early line keeps to the bound, and the line stays")
    func pausedAgain() {
        var log = log(MessageLog.maximumEntries)
        log.move(by: -100_000, height: 10)
        for round in 0..<20 {
            log.pause()
            for number in 0..<1500 { log.append(.note("\(round), \(number)"), at: 0) }
            log.resume()
            #expect(log.entries.count <= MessageLog.maximumEntries * 3 / 2 + 250 && log.current?.id == 1)
        }
        // Paused and at the end again: now the last lines are looked at.
        log.pause()
        log.follow()
        let lines = seen(log)
        for number in 0..<9000 { log.append(.note("later \(number)"), at: 0) }
        #expect(seen(log) == lines && lines.last == "19, 1499")
    }

    @Test("going on to newer lines, those are what is looked at")
    func goneOn() {
        var log = log(MessageLog.maximumEntries)
        log.move(by: -5, height: 10)
        for number in 0..<9000 { log.append(.note("new \(number)"), at: 0) }
        log.move(by: 20, height: 10)
        log.move(by: 500, height: 10)
        let (lines, cursor) = (seen(log), log.current)
        #expect(!log.isFollowing && lines.last?.hasPrefix("new") == true)
        for number in 0..<20_000 { log.append(.note("later \(number)"), at: 0) }
        #expect(seen(log) == lines && log.current == cursor)
    }

    @Test("clearing leaves nothing to show, and new lines are shown")
    func clearing() {
        var log = log(10)
        log.move(by: -3, height: 4)
        log.clear()
        #expect(log.shown.isEmpty && log.cursor == nil && log.isFollowing)
        log.move(by: -1, height: 4)
        log.append(.note("x"), at: 0)
        #expect(log.cursor == 0)
    }

    @Test("while the display is paused the cursor moves among the lines that are shown")
    func paused() {
        var log = log(20)
        log.pause()
        log.append(.note("new"), at: 0)
        log.move(by: -1, height: 5)
        log.move(by: 1, height: 5)
        #expect(log.cursor == 19 && log.shown.count == 20)
        log.clear()
        log.append(.note("newer"), at: 0)
        #expect(log.shown.isEmpty)
        log.resume()
        #expect(log.shown.count == 1)
    }
}
