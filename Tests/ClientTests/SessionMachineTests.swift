import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Sessions in the connection's machine")
struct SessionMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var machine: ConnectionMachine
    private let pattern: TopicPattern

    init() throws {
        machine = ConnectionMachine(
            hello: Hello(window: 5, name: "hare", session: try SessionName("work")), maximumUnconfirmedMessages: 10,
            maximumUnconfirmedBytes: 1000)
        pattern = try TopicPattern("orders")
    }

    private func welcome(session: UInt64? = 9, isResumed: Bool = false, broker: UInt64 = 77) -> Welcome {
        Welcome(
            connectionID: 42, maximumFrame: 1 << 20, window: 16, brokerName: "scripted", version: "1",
            incarnation: broker, capabilities: Capability.allCases.map(\.name),
            session: session.map { .init(incarnation: $0, isResumed: isResumed) })
    }

    private mutating func connect(_ welcome: Welcome) throws -> [ConnectionMachine.Action] {
        machine.connected(now: start)
        let actions = machine.receive(.welcome(welcome), now: start)
        return actions
    }

    private mutating func sent() throws -> [ClientFrame] {
        var bytes = ByteBuffer()
        while let output = machine.takeOutput() { bytes.writeImmutableBuffer(output) }
        if bytes.getBytes(at: bytes.readerIndex, length: 8) == Preface.bytes { bytes.moveReaderIndex(forwardBy: 8) }
        var frames: [ClientFrame] = []
        while case .complete(let length) = try FrameMeasure.native(bytes, limit: 1 << 20),
            let frame = bytes.readSlice(length: length)
        {
            frames.append(try ClientFrame(decoding: frame))
        }
        return frames.filter { $0.opcode != .hello }
    }

    private mutating func subscribed() throws {
        _ = try connect(welcome())
        machine.send(.subscribe(pattern, .earliest), waiter: 1)
        _ = machine.receive(.ok(request: 1, detail: ByteBuffer()), now: start)
        _ = try sent()
    }

    private mutating func lose() { _ = machine.lost(.notConnected, willReturn: true) { _ in nil } }

    @Test("a session that goes on is not subscribed again, and commits that were not sent are forgotten")
    mutating func resumed() throws {
        try subscribed()
        machine.settle(1, as: .commit)
        lose()
        let welcome = welcome(isResumed: true)
        #expect(try connect(welcome) == [.event(.connected(welcome))])
        #expect(try sent() == [])
    }

    @Test("a session that is a new one is told of and subscribed again", arguments: [(9, false), (10, true)])
    mutating func replaced(session: UInt64, isResumed: Bool) throws {
        try subscribed()
        lose()
        let welcome = welcome(session: session, isResumed: isResumed)
        #expect(try connect(welcome) == [.event(.connected(welcome)), .event(.sessionReplaced)])
        #expect(try sent() == [.subscribe(request: 1, pattern: "orders", from: .earliest)])
    }

    @Test("a session of another process of the broker is told of as that")
    mutating func otherBroker() throws {
        try subscribed()
        lose()
        #expect(try connect(welcome(session: 3, broker: 78)).contains(.event(.brokerReplaced)))
        #expect(try sent() == [.subscribe(request: 1, pattern: "orders", from: .earliest)])
    }

    @Test("a broker that does not know of sessions is refused, as it would forget this one")
    mutating func oldBroker() throws {
        guard case .fail(let error)? = try connect(welcome(session: nil)).first else {
            Issue.record("it is not refused")
            return
        }
        #expect(error.code == .notSupported && error.forbidsReconnecting)
    }

    @Test("what is returned is told before a commit that would cover it, and commits out of order after it")
    mutating func order() throws {
        try subscribed()
        machine.settle(2, as: .return(after: .milliseconds(1500), reason: "later"))
        machine.settle(5, as: .commit)
        machine.settle(1, as: .commit)
        machine.settle(3, as: .commit)
        #expect(
            try sent() == [
                .settle(request: 2, Settlement(.return, [2...2], delay: 1500, reason: "later")),
                .commit(3),
                .settle(request: 3, Settlement(.commit, [5...5])),
            ])
        #expect(machine.receive(.ok(request: 2, detail: ByteBuffer()), now: start).isEmpty)
    }

    @Test("of a set that was refused, each that was too late is found and told, and the others are done")
    mutating func tooLate() throws {
        try subscribed()
        let late: Set<UInt64> = [4, 9]
        for number: UInt64 in [3, 4, 5, 9, 10] { machine.settle(number, as: .commit) }
        var done: Set<UInt64> = []
        var told = 0
        var frames = try sent()
        while !frames.isEmpty {
            for case .settle(let request, let settlement) in frames {
                let numbers = settlement.deliveries.flatMap(Array.init)
                guard late.isDisjoint(with: numbers) else {
                    let actions = machine.receive(
                        .error(code: ErrorCode.notInFlight.rawValue, request: request, message: "late"), now: start)
                    told += actions.count
                    for action in actions {
                        guard case .event(.tooLate) = action else {
                            Issue.record("unexpected: \(action)")
                            continue
                        }
                    }
                    continue
                }
                done.formUnion(numbers)
                #expect(machine.receive(.ok(request: request, detail: ByteBuffer()), now: start).isEmpty)
            }
            frames = try sent()
        }
        #expect(done == [3, 5, 10] && told == 2)
    }

    @Test("a commit that came too late is an event and not the end")
    mutating func commitTooLate() throws {
        try subscribed()
        let actions = machine.receive(
            .error(code: ErrorCode.commitTooLate.rawValue, request: 0, message: "1 to 2"), now: start)
        guard case .event(.tooLate(let error))? = actions.first, actions.count == 1 else {
            Issue.record("unexpected: \(actions)")
            return
        }
        #expect(error.code == .refused(.commitTooLate) && error.message == "1 to 2")
    }

    @Test("a set for which a task waits is settled when the broker has taken it whole, and not before")
    mutating func waitedFor() throws {
        try subscribed()
        #expect(machine.settle([2...3], as: .commit, waiter: 7) == nil)
        #expect(!machine.commits.isSettled(2))
        #expect(try sent() == [.settle(request: 2, Settlement(.commit, [2...3]))])
        let answer = Answer.detail(ByteBuffer())
        #expect(machine.receive(.ok(request: 2, detail: ByteBuffer()), now: start) == [.resume(.success(7, answer))])
        #expect(machine.commits.isSettled(2) && machine.commits.isSettled(3))
        #expect(machine.settle([4...4], as: .park(), waiter: 8) == nil)
        let error = BrokerFrame.error(code: ErrorCode.notInFlight.rawValue, request: 3, message: "4 is not")
        #expect(
            machine.receive(error, now: start)
                == [.resume(.failure(8, ClientError(.refused(.notInFlight), "4 is not")))])
        #expect(!machine.commits.isSettled(4))
    }

    @Test("a transaction's deliveries are settled when it has happened, and its refusal says where")
    mutating func transaction() throws {
        try subscribed()
        machine.send(.transaction(Transaction(commits: [1...1])), waiter: 5, .barrier)
        machine.send(.transaction(Transaction(commits: [2...2])), waiter: 6, .barrier)
        let detail = TransactionDone(publishes: []).detail
        #expect(machine.receive(.ok(request: 2, detail: detail), now: start) == [.resume(.success(5, .detail(detail)))])
        #expect(machine.commits.isSettled(1))
        let aborted = BrokerFrame.aborted(
            code: ErrorCode.topicFull.rawValue, request: 3, .publishes, index: 4, message: "full")
        guard case .resume(let end)? = machine.receive(aborted, now: start).first,
            case .failure(let error) = end.result
        else {
            Issue.record("the task goes on waiting")
            return
        }
        #expect(end.waiter == 6 && error.code == .refused(.topicFull) && error.message.contains("publish 5"))
        #expect(!machine.commits.isSettled(2))
    }

    @Test("a deleted topic ends its subscription by name, and its id is asked for anew")
    mutating func deletedTopic() throws {
        try subscribed()
        let topic = try TopicName("orders")
        #expect(machine.forget(topic) == [.event(.topicDeleted(topic))])
        #expect(machine.subscriptions.isEmpty)
    }

    @Test("connecting again would fight after a takeover, a contention or a deletion")
    func fights() {
        for code in [ErrorCode.takenOver, .sessionContended, .sessionMode, .sessionDeleted, .lagLimit] {
            #expect(ClientError(.refused(code), "").forbidsReconnecting)
        }
        #expect(!ClientError(.refused(.shuttingDown), "").forbidsReconnecting)
        #expect(!ClientError(.connectionLost, "").forbidsReconnecting)
    }

    @Test("settings that are not named are not sent, and times are told in ms")
    func options() {
        var options = SessionOptions("work", mode: .shared, expiry: .seconds(7), commitDeadline: .zero, attempts: 5)
        #expect(options.change[.mode] == 1 && options.change[.expiry] == 7000 && options.change[.attempts] == 5)
        #expect(options.change[.commitDeadline] == 0 && options.change[.lagBytes] == nil)
        options.lagOverflow = .disconnect
        options.lagMessages = 9
        #expect(options.change[.lagOverflow] == 1 && options.change[.lagMessages] == 9)
        #expect(SessionOptions("work").change.isEmpty)
    }
}
