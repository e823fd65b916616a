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
