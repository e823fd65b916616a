import NIOCore
import Testing
import ZaichikProtocol

@Suite("Frames that break a rule")
struct MalformedFrameTests {
    @Test("a body shorter than its type needs is frame-too-short", arguments: ClientOpcode.allCases)
    func minimumBody(opcode: ClientOpcode) throws {
        for size in 0..<opcode.minimumBody {
            let short = frame(type: opcode.rawValue, body: ByteBuffer(repeating: 1, count: size))
            #expect(code { try ClientFrame(decoding: short) } == .frameTooShort, "\(opcode.name) with \(size) bytes")
        }
    }

    @Test("the least body is enough", arguments: ClientOpcode.allCases)
    func leastBody(opcode: ClientOpcode) throws {
        var body = ByteBuffer(repeating: 0, count: opcode.minimumBody)
        // Where the type has a request id, it is the first number; 0 would be none.
        if opcode.minimumBody >= 4 { body.setInteger(UInt32(1), at: 0, endianness: .little) }
        if opcode == .act { body.setInteger(Act.undrain.rawValue, at: 4, endianness: .little) }
        if opcode == .peek { body.setInteger(UInt64(1), at: 8, endianness: .little) }
        let decoded = try ClientFrame(decoding: frame(type: opcode.rawValue, body: body))
        #expect(decoded.opcode == opcode)
    }

    @Test("a `short` past the body is short-past-body", arguments: ClientOpcode.allCases.filter(\.shortCountsBytes))
    func shortPastBody(opcode: ClientOpcode) throws {
        for (text, short) in [(0, 1), (3, 4), (3, 65535)] {
            var body = ByteBuffer(repeating: 0, count: opcode.minimumBody + text)
            body.setInteger(UInt32(1), at: 0, endianness: .little)
            let past = frame(type: opcode.rawValue, short: short, body: body)
            #expect(code { try ClientFrame(decoding: past) } == .shortReachesPastBody)
        }
    }

    @Test(
        "a `short` that counts nothing may be anything",
        arguments: ClientOpcode.allCases.filter { !$0.shortCountsBytes && ![.settle, .settleParked].contains($0) })
    func shortIgnored(opcode: ClientOpcode) throws {
        var body = ByteBuffer(repeating: 0, count: opcode.minimumBody)
        if opcode.minimumBody >= 4 { body.setInteger(UInt32(1), at: 0, endianness: .little) }
        let plain = try ClientFrame(decoding: frame(type: opcode.rawValue, body: body))
        #expect(try ClientFrame(decoding: frame(type: opcode.rawValue, short: 65535, body: body)) == plain)
    }

    @Test("a type that clients do not send is unknown-type, and the connection goes on")
    func unknownTypes() {
        for type in UInt8.min...UInt8.max where ClientOpcode(rawValue: type) == nil {
            let unknown = frame(type: type, short: 9, body: ByteBuffer(repeating: 1, count: 40))
            #expect(code { try ClientFrame(decoding: unknown) } == .unknownType)
        }
        #expect(ErrorCode.unknownType.scope == .request)
    }

    @Test("a client passes over a type that is newer than it")
    func newerTypes() throws {
        for type in UInt8.min...UInt8.max where BrokerOpcode(rawValue: type) == nil {
            #expect(try BrokerFrame(decoding: frame(type: type, body: ByteBuffer(repeating: 1, count: 40))) == nil)
        }
    }

    static let requests: [ClientFrame] = [
        .topic(request: 0, name: "a"), .subscribe(request: 0, pattern: "a", from: .new),
        .unsubscribe(request: 0, pattern: "a"), .createTopic(request: 0, name: "a", settings: .init()),
        .listTopics(request: 0, query: .init()), .listClients(request: 0, query: .init()),
        .inspectClient(request: 0, id: 1), .watch(request: 0, .init()), .unwatch(request: 0, watch: 1),
        .inspectTopic(request: 0, name: "a", limit: 1), .settle(request: 0, Settlement(.touch, [1...1])),
        .transaction(request: 0, Transaction(commits: [])), .createSession(request: 0, name: "a", settings: .init()),
        .listSessions(request: 0, query: .init()), .inspectSession(request: 0, name: "a", limit: 1),
        .deleteSession(request: 0, name: "a"), .seek(request: 0, Seek("a", to: .new)),
        .listParked(request: 0, session: "a", limit: 1, after: 0),
        .settleParked(request: 0, ParkedSettlement(.drop, [])), .deleteTopic(request: 0, name: "a"),
        .inspectMessage(request: 0, topic: "a", sequence: 1),
        .act(request: 0, ActRequest(.undrain)), .peek(request: 0, PeekRequest(client: 1, limit: 1)),
    ]

    @Test("request id 0 is bad-request-id, and the connection goes on", arguments: requests)
    func requestZero(frame: ClientFrame) {
        #expect(code { try ClientFrame(decoding: frame.bytes) } == .badRequestID)
        #expect(ErrorCode.badRequestID.scope == .request)
    }

    @Test(
        "a name that is not UTF-8 is bad-name and answers its request", arguments: ["ff", "c328", "eda080", "f4908080"])
    func notUTF8(hex: String) throws {
        let name = bytes(hex)
        for opcode in ClientOpcode.allCases where opcode.shortCountsBytes && ![.hello, .publish].contains(opcode) {
            var body = ByteBuffer(repeating: 0, count: opcode.minimumBody)
            body.setInteger(UInt32(77), at: 0, endianness: .little)
            if opcode == .act { body.setInteger(Act.undrain.rawValue, at: 4, endianness: .little) }
            body.writeImmutableBuffer(name)
            let bad = frame(type: opcode.rawValue, short: name.readableBytes, body: body)
            let error = failure { try ClientFrame(decoding: bad) }
            #expect(error?.code == .badName)
            #expect(error?.request == 77)
        }
    }

    @Test("a start that is none of 0 to 7 is bad-argument and answers its request", arguments: [UInt8(8), 9, 255])
    func badStart(start: UInt8) {
        var subscribe = ClientFrame.subscribe(request: 5, pattern: "a", from: .new).bytes
        subscribe.setInteger(start, at: 12)
        let error = failure { try ClientFrame(decoding: subscribe) }
        #expect(error?.code == .badArgument)
        #expect(error?.request == 5)
    }

    @Test(
        "a figure to sort by that the table does not have is bad-argument",
        arguments: [UInt8(max(TopicFigure.allCases.count, ClientFigure.allCases.count) + 1), 200])
    func badSort(sort: UInt8) {
        for list in [
            ClientFrame.listTopics(request: 5, query: .init()), .listClients(request: 5, query: .init()),
            .listSessions(request: 5, query: .init()),
        ] {
            var list = list.bytes
            list.setInteger(sort, at: 12)
            #expect(code { try ClientFrame(decoding: list) } == .badArgument)
        }
    }

    @Test("a filter may be as long as a name, and one byte more is bad-argument and answers its request")
    func longFilter() throws {
        let longest = TopicQuery(filter: String(repeating: "a", count: 255))
        let tooLong = TopicQuery(filter: String(repeating: "a", count: 256))
        for makes in [
            { ClientFrame.listTopics(request: 5, query: $0) }, { .watch(request: 5, WatchRequest(topics: $0)) },
        ] as [(TopicQuery) -> ClientFrame] {
            #expect(try ClientFrame(decoding: makes(longest).bytes) == makes(longest))
            let error = failure { try ClientFrame(decoding: makes(tooLong).bytes) }
            #expect(error?.code == .badArgument)
            #expect(error?.request == 5)
            #expect(error?.message.contains("at most 255 bytes") == true)
        }
    }

    @Test("a field of HELLO that reaches past the frame is frame-too-short")
    func cutField() {
        let hello = ClientFrame.hello(Hello(window: 1, name: "a", program: "demo")).bytes
        let cut = hello.withBody(hello.frameBody.piece(0, hello.frameBody.readableBytes - 1))
        #expect(code { try ClientFrame(decoding: cut) } == .frameTooShort)
    }

    private func failure(_ decode: () throws -> ClientFrame) -> FrameError? {
        do {
            _ = try decode()
            return nil
        } catch { return error as? FrameError }
    }

    private func code(_ decode: () throws -> ClientFrame) -> ErrorCode? { failure(decode)?.code }
}
