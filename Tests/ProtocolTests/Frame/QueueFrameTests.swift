import NIOCore
import Testing
import ZaichikProtocol

@Suite("Frames about queues that break a rule")
struct QueueFrameTests {
    private func failure(_ frame: ByteBuffer) -> FrameError? {
        do {
            _ = try ClientFrame(decoding: frame)
            return nil
        } catch { return error }
    }

    private func request(_ opcode: ClientOpcode, short: Int = 0, _ hex: String) -> FrameError? {
        failure(frame(type: opcode.rawValue, short: short, body: bytes(hex)))
    }

    static let rangeBodies: [(opcode: ClientOpcode, head: String)] = [
        (.settle, "07000000 00000000"), (.transaction, "07000000"), (.settleParked, "07000000"),
    ]

    @Test("ranges that do not ascend or that overlap are bad-argument and answer their request", arguments: rangeBodies)
    func ranges(opcode: ClientOpcode, head: String) {
        let (one, two, three) = ("0100000000000000", "0200000000000000", "0300000000000000")
        for ranges in [
            "0100 0000 \(two) \(one)", "0200 0000 \(one) \(two) \(two) \(three)",
            "0200 0000 \(three) \(three) \(one) \(two)",
        ] {
            let error = request(opcode, head + ranges)
            #expect(error?.code == .badArgument && error?.request == 7, "\(ranges)")
        }
        #expect(request(opcode, head + "0200 0000 \(one) \(two) \(three) \(three)") == nil)
    }

    @Test("more than 4,096 ranges are bad-argument, before they are read", arguments: rangeBodies)
    func tooManyRanges(opcode: ClientOpcode, head: String) throws {
        #expect(request(opcode, head + "0110 0000")?.code == .badArgument)
        let most = (0..<4096).map { UInt64(2 * $0)...UInt64(2 * $0) }
        let frame = ClientFrame.settle(request: 1, Settlement(.touch, most))
        #expect(try ClientFrame(decoding: frame.bytes) == frame)
    }

    @Test("ranges that the frame's end cuts off are frame-too-short", arguments: rangeBodies)
    func cutRanges(opcode: ClientOpcode, head: String) {
        for rest in ["0100 0000", "0100 0000 0100000000000000", "0200 0000 0100000000000000 0100000000000000 02"] {
            #expect(request(opcode, head + rest)?.code == .frameTooShort, "\(rest)")
        }
    }

    @Test("an action that there is not is bad-argument", arguments: [(ClientOpcode.settle, 4), (.settleParked, 2)])
    func actions(opcode: ClientOpcode, action: Int) {
        let body = opcode == .settle ? "07000000 00000000 0000 0000" : "07000000 0000 0000"
        for short in [action, 65_535] {
            #expect(request(opcode, short: short, body)?.code == .badArgument)
            #expect(request(opcode, short: short, body)?.request == 7)
        }
        #expect(request(opcode, short: action - 1, body) == nil)
    }

    @Test("a reason is cut at 255 bytes between two characters, and what is not UTF-8 is replaced")
    func reasons() throws {
        let long = Settlement(.park, [1...1], reason: String(repeating: "я", count: 200))
        let cut = Settlement(.park, [1...1], reason: String(repeating: "я", count: 127))
        #expect(try ClientFrame(decoding: ClientFrame.settle(request: 1, long).bytes) == .settle(request: 1, cut))
        let odd = frame(type: ClientOpcode.settle.rawValue, short: 1, body: bytes("01000000 00000000 0000 0000 61ff"))
        #expect(try ClientFrame(decoding: odd) == .settle(request: 1, Settlement(.return, [], reason: "a\u{FFFD}")))
    }

    @Test(
        "a publish of a transaction is a whole PUBLISH frame, or all of it is bad-argument",
        arguments: [
            "00", "18000000 10 00 0000 07000000 0000000000000000 0000000000000000 6d", "04000000 10 00 0000",
            "0c000000 22 00 0000 0100000000000000", "ffffffff 10 00 0000", "03000000 10 00 0000",
            "18000000 10 00 0100 07000000 0000000000000000 0000000000000000",
        ])
    func publishes(hex: String) {
        let error = request(.transaction, "07000000 0000 0000" + hex)
        #expect(error?.code == .badArgument && error?.request == 7)
        let good = "18000000 10 00 0000 07000000 0000000000000000 0000000000000000"
        #expect(request(.transaction, "07000000 0000 0000" + good + hex)?.code == .badArgument)
    }

    @Test("a transaction has at most 4,096 publishes; one more is transaction-too-large")
    func tooLarge() throws {
        let message = Message(topicID: 7, payload: ByteBuffer())
        let most = Transaction(commits: [], publishes: Array(repeating: message, count: 4096))
        guard
            case .transaction(_, let read) = try ClientFrame(decoding: ClientFrame.transaction(request: 7, most).bytes)
        else { throw FrameError(.unknownType, "no transaction") }
        #expect(read.count == 4096 && read.messages == Array(repeating: message, count: 4096))
        let over = Transaction(commits: [], publishes: Array(repeating: message, count: 4097))
        let error = failure(ClientFrame.transaction(request: 7, over).bytes)
        #expect(error?.code == .transactionTooLarge && error?.request == 7)
    }

    @Test("a queue is moved to starts 0, 2, 3, 4 and 6 only", arguments: 0...UInt8(9))
    func seeks(start: UInt8) {
        var seek = ClientFrame.seek(request: 7, Seek("a", to: .new)).bytes
        seek.setInteger(start, at: 12)
        #expect(failure(seek)?.code == ([0, 2, 3, 4, 6].contains(start) ? nil : .badArgument))
    }

    @Test(
        "a field of SEEK that is unknown or has a bad value is refused",
        arguments: [
            ("03 0000", ErrorCode.badArgument), ("02 0400 00000000", .badArgument), ("01 0000", .badName),
            ("01 0100 ff", .badName), ("01 0100 07", .badName), ("01 02", .frameTooShort),
        ])
    func seekFields(hex: String, code: ErrorCode) {
        let body = "07000000 00 000000 0000000000000000 61" + hex
        #expect(request(.seek, short: 1, body)?.code == code)
    }

    @Test("a field of DELETE TOPIC that is unknown or has a bad value is bad-argument")
    func deleteFields() {
        for field in ["02 0000", "01 0400 00000000"] {
            #expect(request(.deleteTopic, short: 1, "07000000 61" + field)?.code == .badArgument)
        }
    }

    @Test(
        "PEEK names a client, a session or a topic, and only one; a start is one of 0, 2, 3, 4 and 6, of a topic",
        arguments: [
            ("", 0), ("0100000000000000 78", 1), ("0100000000000000 01 0100 61", 0),
            ("0000000000000000 78 01 0100 61", 1),
            ("0100000000000000 02 0900 02 0000000000000000", 0),
            ("0000000000000000 01 0100 61 02 0900 05 0000000000000000", 0),
            ("0000000000000000 01 0100 61 02 0100 02", 0), ("0000000000000000 01 0100 ff", 0),
            ("0000000000000000 01 0100 61 03 0000", 0), ("0000000000000000 01 0000", 0),
        ])
    func peeks(rest: String, short: Int) {
        let body = "07000000 0a000000 " + (rest.isEmpty ? "0000000000000000" : rest)
        #expect(request(.peek, short: short, body)?.code == .badArgument)
    }

    // MARK: HELLO

    private func hello(_ fields: String) -> FrameError? { request(.hello, "01000000 00000000" + fields) }

    @Test("a session's or producer's name that breaks the rules is bad-name", arguments: ["05", "07"])
    func helloNames(tag: String) {
        let long = "0001" + String(repeating: "61", count: 256)
        for value in ["0000", "0100 ff", "0100 0a", "0200 c285", long] {
            #expect(hello("\(tag) \(value)")?.code == .badName, "\(value)")
        }
        #expect(hello("\(tag) ff00" + String(repeating: "61", count: 255)) == nil)
        #expect(hello("\(tag) 0000 \(tag) 0100 61")?.code == .badName, "each must be valid")
    }

    @Test(
        "settings of a session that it cannot have are bad-argument",
        arguments: [
            "08 0800 0000000000000000", "01 0400 00000000", "01 0800 0300000000000000", "03 0800 6300000000000000",
            "07 0800 0200000000000000", "01 08", "01 0800 00000000",
        ])
    func helloSettings(hex: String) {
        let length = bytes(hex).readableBytes
        let field = "06 " + (length < 16 ? "0" : "") + String(length, radix: 16) + "00 " + hex
        #expect(hello("05 0100 61" + field)?.code == .badArgument)
        #expect(ErrorCode.badArgument.scope == .request)
    }

    @Test("settings without a session are bad-argument")
    func lonelySettings() {
        #expect(hello("06 0b00 01 0800 0100000000000000")?.code == .badArgument)
        #expect(hello("06 0b00 01 0800 0100000000000000 05 0100 61") == nil)
    }

    // MARK: Answers

    @Test("a detail that is cut is none")
    func shorterDetails() {
        let done = TransactionDone(publishes: [.init(outcome: .delayed, topicID: 7, sequence: 0)]).detail
        for length in 0..<done.readableBytes { #expect(TransactionDone(detail: done.piece(0, length)) == nil) }
        #expect(TransactionDone(detail: done)?.publishes.count == 1)
        let created = SessionCreated(id: 7, outcome: .changed, incarnation: 5).detail
        for length in 0..<created.readableBytes { #expect(SessionCreated(detail: created.piece(0, length)) == nil) }
        let origin = MessageOrigin(timestamp: 1, connectionID: 2, client: "a", producer: "b").detail
        for length in 0..<origin.readableBytes { #expect(MessageOrigin(detail: origin.piece(0, length)) == nil) }
        #expect(
            MessageOrigin(detail: origin) == MessageOrigin(timestamp: 1, connectionID: 2, client: "a", producer: "b"))
        let count = CountDone(count: 7).detail
        for length in 0..<count.readableBytes { #expect(CountDone(detail: count.piece(0, length)) == nil) }
    }

    @Test("a detail may have more behind it")
    func longerDetails() {
        let more = bytes("c8 0300 010203 c9 0000")
        func extended(_ detail: ByteBuffer) -> ByteBuffer {
            var longer = detail
            longer.writeImmutableBuffer(more)
            return longer
        }
        let created = SessionCreated(id: 7, outcome: .unchanged, incarnation: 5)
        #expect(SessionCreated(detail: extended(created.detail)) == created)
        #expect(CountDone(detail: extended(CountDone(count: 3).detail)) == CountDone(count: 3))
        let done = TransactionDone(publishes: [])
        #expect(TransactionDone(detail: extended(done.detail)) == done)
    }

    @Test("a client's row of a broker that knows no sessions has none")
    func rowWithoutSession() throws {
        let old = "1100 0100000000000000 02 00 00 00 00 00 00 00 00"
        let page = frame(type: BrokerOpcode.clients.rawValue, body: bytes("01000000 02000000 02000000 \(old) \(old)"))
        guard case .clients(_, let rows, _)? = try BrokerFrame(decoding: page) else {
            Issue.record("no page")
            return
        }
        #expect(rows.rows.map(\.session) == ["", ""] && rows.rows.map(\.id) == [1, 1])
    }

    @Test("a cause of a redelivery that is newer than the reader does not lose the frame")
    func newerCause() throws {
        let body = bytes("07000000 2a00000000000000 c8 000000 62757379")
        let redelivery = frame(type: BrokerOpcode.redelivery.rawValue, short: 3, body: body)
        #expect(
            try BrokerFrame(decoding: redelivery)
                == .redelivery(Redelivery(topicID: 7, sequence: 42, attempt: 3, cause: .returned, reason: "busy")))
    }
}
