import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The life of a connection")
struct ConnectionLifeTests {
    private static let refusal = (ErrorCode.tooManyConnections, "full")
    private static let goodbyeFull = ConnectionLife.Action.sendGoodbye(.tooManyConnections, "full")

    private func ready(_ dialect: Dialect = .native) -> ConnectionLife {
        var life = ConnectionLife()
        _ = life.greeted(dialect, now: 1, refusal: nil)
        if dialect == .native { life.helloReceived() }
        return life
    }

    private func code(_ body: () throws(FrameError) -> Void) -> ErrorCode? {
        do { try body() } catch { return error.code }
        return nil
    }

    @Test(
        "the first bytes tell the dialects apart",
        arguments: [
            (Array("ZAICHIK".utf8) + [2], Greeting.native), (Array("ZAICHIK".utf8) + [3], .unknownVersion(3)),
            (Array("ZAICHIK".utf8), nil), ([0x5A], nil), (Array("ZAP".utf8), .unknown), ([5, 0, 0, 0], .classic),
            ([0, 0, 0, 0], .classic), ([6, 0, 0, 0], .unknown), ([0, 0, 0], nil), (Array("GET / HTTP".utf8), .unknown),
        ])
    func greeting(bytes: [UInt8], expected: Greeting?) {
        #expect(Greeting(ByteBuffer(bytes: bytes)) == expected)
    }

    @Test("HELLO comes first, and once")
    func hello() {
        var life = ConnectionLife()
        #expect(life.greeted(.native, now: 1, refusal: nil) == [])
        #expect(code { () throws(FrameError) in try life.admit(type: ClientOpcode.ping.rawValue) } == .helloMissing)
        #expect(code { () throws(FrameError) in try life.admit(type: ClientOpcode.hello.rawValue) } == nil)
        #expect(!life.delivers && !life.isReady)
        life.helloReceived()
        #expect(life.isReady && life.delivers)
        #expect(code { () throws(FrameError) in try life.admit(type: ClientOpcode.hello.rawValue) } == .helloRepeated)
        #expect(code { () throws(FrameError) in try life.admit(type: ClientOpcode.ping.rawValue) } == nil)
    }

    @Test("a connection that moves takes nothing more here, and begins there with HELLO, in the same time")
    func moves() {
        var life = ConnectionLife()
        life.bytesReceived(now: 5)
        _ = life.greeted(.native, now: 6, refusal: nil)
        life.moves()
        #expect(life.isMoving && !life.takesInput && !life.delivers && life.isOpen)
        var there = life.moved()
        #expect(life.channelGone() == [] && !life.isOpen)
        #expect(there.state == .awaitingHello(since: 5) && there.dialect == .native)
        there.helloReceived()
        #expect(there.isReady)
    }

    @Test("a connection that moves ends as one that awaits HELLO does")
    func movesInVain() {
        var life = ConnectionLife()
        _ = life.greeted(.native, now: 1, refusal: nil)
        life.moves()
        #expect(life.isGreetingOverdue(now: 1 + ConnectionLife.greetingPatience, connectedAt: 0))
        #expect(life.brokerStops().contains(.sendGoodbye(.shuttingDown, ConnectionLife.stopping)))
        #expect(life.state == .shut)
    }

    @Test("a classic client is ready with its first word")
    func classic() {
        let life = ready(.classic)
        #expect(life.isReady && life.dialect == .classic)
    }

    @Test("a refused client hears why as soon as its dialect is known; a classic one has no word for it")
    func refused() {
        var native = ConnectionLife(isRefused: true)
        #expect(
            native.greeted(.native, now: 1, refusal: Self.refusal)
                == [.sendConfirm, Self.goodbyeFull, .abandonQueue, .shutOutput(isInputClosed: false)])
        #expect(native.state == .shut && !native.takesInput)
        var classic = ConnectionLife(isRefused: true)
        #expect(
            classic.greeted(.classic, now: 1, refusal: Self.refusal)
                == [.abandonQueue, .shutOutput(isInputClosed: false)])
    }

    @Test("CLOSE lets the queue go at once, waits for answers, and ends with a GOODBYE")
    func close() {
        var life = ready()
        #expect(life.closeReceived() == [.abandonQueue])
        #expect(!life.takesInput && !life.delivers && life.isOpen)
        #expect(life.closeReceived() == [])
        #expect(
            life.owedSent() == [
                .sendConfirm, .sendGoodbye(.closedByClient, "the client sent CLOSE"), .abandonQueue,
                .shutOutput(isInputClosed: false),
            ])
        #expect(life.owedSent() == [])
    }

    @Test("a client that shuts its side gets what the window allows, and then the end without a GOODBYE")
    func inputClosed() {
        var life = ready()
        #expect(life.inputClosed() == [.sendConfirm, .endDeliveries])
        #expect(!life.takesInput && life.delivers)
        #expect(life.inputClosed() == [])
        #expect(life.owedSent() == [.abandonQueue, .shutOutput(isInputClosed: true)])
    }

    @Test("a broker that stops sends what the window allows, still takes commits, and sends GOODBYE")
    func stops() {
        var life = ready()
        #expect(life.brokerStops() == [.sendConfirm, .endDeliveries])
        #expect(life.takesInput && life.delivers && !life.isReady)
        #expect(life.brokerStops() == [])
        let goodbye = ConnectionLife.Action.sendGoodbye(.shuttingDown, ConnectionLife.stopping)
        #expect(life.owedSent() == [.sendConfirm, goodbye, .abandonQueue, .shutOutput(isInputClosed: false)])
        var greeting = ConnectionLife()
        _ = greeting.greeted(.native, now: 1, refusal: nil)
        #expect(greeting.brokerStops().contains(goodbye))
    }

    @Test("an error that ends the connection is reported to a native client, and later input is ignored")
    func failed() {
        let error = FrameError(.frameTooLong, "too long")
        var life = ready()
        #expect(
            life.failed(error, reason: "wrong")
                == [.sendConfirm, .sendError(error), .abandonQueue, .shutOutput(isInputClosed: false)])
        #expect(life.failed(error, reason: "wrong") == [] && life.end(.idleTooLong, "") == [] && !life.isOpen)
        var classic = ready(.classic)
        #expect(classic.failed(nil, reason: "wrong") == [.abandonQueue, .shutOutput(isInputClosed: false)])
    }

    @Test("the reason for an end is the first one")
    func departure() {
        var life = ready()
        #expect(life.departure == nil && life.hasServed)
        _ = life.closeReceived()
        _ = life.inputClosed()
        life.channelFailed("reset")
        #expect(life.departure == .closed)
        var halfClosed = ready()
        _ = halfClosed.inputClosed()
        halfClosed.gotStuck()
        #expect(halfClosed.departure == .inputClosed)
        var wrong = ready()
        _ = wrong.failed(nil, reason: "wrong")
        #expect(wrong.departure == .failed("wrong"))
        var stopped = ready()
        _ = stopped.brokerStops()
        #expect(stopped.departure == .brokerStops)
        var idle = ready()
        _ = idle.end(.idleTooLong, "silent")
        #expect(idle.departure == .ended(.idleTooLong, "silent") && idle.departure?.isOfBroker == true)
        var reset = ready()
        reset.channelFailed("Connection reset by peer")
        _ = reset.channelGone()
        #expect(reset.departure == .lost("Connection reset by peer"))
        var refused = ConnectionLife(isRefused: true)
        _ = refused.greeted(.classic, now: 1, refusal: Self.refusal)
        #expect(refused.departure == .ended(.tooManyConnections, "full") && !refused.hasServed)
    }

    @Test("from every state the channel may go, and everything is given back once")
    func gone() {
        var lives = [ConnectionLife(), ready(), ready(.classic)]
        var closing = ready()
        _ = closing.closeReceived()
        var shut = ready()
        _ = shut.end(.idleTooLong, "")
        lives += [closing, shut]
        for life in lives {
            var life = life
            #expect(life.channelGone() == [.letGo])
            #expect(life.channelGone() == [])
            #expect(life.closeReceived() == [] && life.inputClosed() == [] && life.brokerStops() == [])
            #expect(life.owedSent() == [] && life.failed(nil, reason: "wrong") == [] && !life.takesInput)
        }
    }

    @Test("a greeting must be complete in time after its first byte; a connection without a byte may stay")
    func patience() {
        let patience = ConnectionLife.greetingPatience
        var life = ConnectionLife()
        #expect(!life.isGreetingOverdue(now: .max, connectedAt: 0))
        life.bytesReceived(now: 5)
        life.bytesReceived(now: 500)
        #expect(!life.isGreetingOverdue(now: 4 + patience, connectedAt: 0))
        #expect(life.isGreetingOverdue(now: 5 + patience, connectedAt: 0))
        _ = life.greeted(.native, now: 7, refusal: nil)
        #expect(life.isGreetingOverdue(now: 5 + patience, connectedAt: 0))
        life.helloReceived()
        #expect(!life.isGreetingOverdue(now: .max, connectedAt: 0))
        #expect(!ConnectionLife(isRefused: true).isGreetingOverdue(now: 1_000_008, connectedAt: 9))
        #expect(ConnectionLife(isRefused: true).isGreetingOverdue(now: 1_000_009, connectedAt: 9))
    }
}
