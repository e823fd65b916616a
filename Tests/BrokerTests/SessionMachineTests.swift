import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The session machine")
struct SessionMachineTests {
    private static let hello = ClientFrame.hello(Hello(window: 1, name: "n"))

    private func ready() throws -> SessionMachine {
        var machine = SessionMachine()
        machine.prefaceReceived()
        _ = try machine.received(Self.hello)
        return machine
    }

    private func error(_ machine: inout SessionMachine, _ frame: ClientFrame) -> FrameError? {
        do {
            _ = try machine.received(frame)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "the first bytes tell the dialects apart",
        arguments: [
            (Array("ZAICHIK".utf8) + [2], SessionMachine.Greeting.native),
            (Array("ZAICHIK".utf8) + [3], .unknownVersion(3)),
            (Array("ZAICHIK".utf8), nil), ([0x5A], nil), (Array("ZAP".utf8), .unknown), ([5, 0, 0, 0], .classic),
            ([0, 0, 0, 0], .classic), ([6, 0, 0, 0], .unknown), ([0, 0, 0], nil), (Array("GET / HTTP".utf8), .unknown),
        ])
    func greeting(bytes: [UInt8], expected: SessionMachine.Greeting?) {
        #expect(SessionMachine.greeting(ByteBuffer(bytes: bytes)) == expected)
    }

    @Test("nothing comes before HELLO")
    func helloFirst() {
        var machine = SessionMachine()
        machine.prefaceReceived()
        #expect(error(&machine, .ping(1))?.code == .helloMissing)
    }

    @Test("HELLO comes once")
    func helloOnce() throws {
        var machine = try ready()
        #expect(error(&machine, Self.hello)?.code == .helloRepeated)
    }

    @Test("after CLOSE nothing is taken")
    func closeIsLast() throws {
        var machine = try ready()
        let closed = try machine.received(.close)
        #expect(closed == .close)
        #expect(error(&machine, .commit(1))?.code == .closing)
    }

    @Test("names and patterns are checked, and the error names the request")
    func names() throws {
        var machine = try ready()
        #expect(
            error(&machine, .topic(request: 7, name: "a..b"))
                == FrameError(.badName, request: 7, "\(NameError.emptyLevel)"))
        #expect(error(&machine, .topic(request: 7, name: "a.*"))?.code == .badName)
        #expect(error(&machine, .subscribe(request: 8, pattern: ">.a", from: .new))?.code == .badName)
        #expect(error(&machine, .subscribe(request: 8, pattern: "a.*", from: .sequence(1)))?.code == .badArgument)
        #expect(error(&machine, .subscribe(request: 8, pattern: "a", from: .session))?.code == .noSession)
        #expect(machine.state == .ready, "none of these ends the session")
    }
}

@Suite("How a client does")
struct ClientHealthTests {
    private func judge(_ changes: (inout ClientHealth.Sample) -> Void..., seconds: UInt64 = 1) -> ClientState {
        var health = ClientHealth()
        var now: UInt64 = 0
        for change in changes {
            var sample = ClientHealth.Sample(
                lag: QueueLag(), window: 10, isSubscribed: true, published: 0, delivered: 0, committed: 0,
                isBlocked: false, isWritable: true)
            change(&sample)
            now += seconds * 1_000_000
            health.secondPassed(sample, now: now)
        }
        return health.state
    }

    @Test("the word follows from the samples")
    func words() {
        #expect(judge({ $0.isSubscribed = false }) == .idle)
        #expect(
            judge(
                { $0.isSubscribed = false },
                {
                    $0.isSubscribed = false
                    $0.published = 5
                }) == .publishing)
        #expect(judge({ _ in }) == .keepingUp)
        #expect(
            judge({
                $0.window = 0
                $0.lag.pending = 5
            }) == .paused)
        #expect(judge({ $0.lag.pending = 100 }, { $0.lag.pending = 200 }) == .fallingBehind)
        #expect(
            judge(
                { $0.lag.pending = 200 },
                {
                    $0.lag.pending = 100
                    $0.committed = 100
                }) == .draining)
        #expect(
            judge({
                $0.lag.pending = 9
                $0.isWritable = false
            }) == .notReading)
        #expect(judge({ $0.isBlocked = true }) == .blocked)
        #expect(
            judge({ $0.lag.inFlight = 10 }, { $0.lag.inFlight = 10 }, seconds: 3) == .commitsStopped,
            "deliveries are in flight, and no commit came for 3 s")
    }
}

@Suite("A connection's silence")
struct SilenceTests {
    @Test("is asked about twice, and then ends the connection")
    func pings() {
        var silence = Silence(now: 0)
        #expect(silence.judge(now: 29_999_999) == .fine)
        #expect(silence.judge(now: 30_000_000) == .ask)
        #expect(silence.judge(now: 59_999_999) == .fine)
        #expect(silence.judge(now: 60_000_000) == .ask)
        #expect(silence.judge(now: 90_000_000) == .giveUp)
    }

    @Test("ends with anything that is heard")
    func heard() {
        var silence = Silence(now: 0)
        #expect(silence.judge(now: 30_000_000) == .ask)
        silence.heard(now: 30_000_100)
        silence.answered(now: 30_000_100, token: 30_000_000)
        #expect(silence.roundTrip == 100)
        #expect(silence.judge(now: 60_000_000) == .fine)
        #expect(silence.judge(now: 60_000_100) == .ask)
    }
}
