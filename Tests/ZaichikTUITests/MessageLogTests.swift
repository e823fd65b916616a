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

    @Test("lines that drop out from under the cursor move it to the oldest kept")
    func dropped() {
        var log = log(MessageLog.maximumEntries)
        log.move(by: -100_000, height: 10)
        for _ in 0..<50 { log.append(.note("more"), at: 0) }
        #expect(log.current?.id == 51)
        #expect(log.firstSeen(height: 10) == 0)
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
        log.frozenAt = log.lastID
        log.append(.note("new"), at: 0)
        log.move(by: -1, height: 5)
        log.move(by: 1, height: 5)
        #expect(log.cursor == 19 && log.shown.count == 20)
        log.clear()
        log.append(.note("newer"), at: 0)
        #expect(log.shown.isEmpty)
        log.frozenAt = nil
        #expect(log.shown.count == 1)
    }
}
