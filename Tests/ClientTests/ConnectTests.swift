import NIOCore
import NIOPosix
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Connecting", .timeLimit(.minutes(1)))
struct ConnectTests {
    /// The error with which connecting fails.
    private func failure(
        _ address: BrokerAddress, timeout: Duration = .seconds(5), sourceLocation: SourceLocation = #_sourceLocation
    ) async -> ClientError {
        var configuration = ClientConfiguration()
        configuration.connectTimeout = timeout
        do {
            await (try ZaichikClient.connect(to: address, configuration: configuration)).close()
            Issue.record("it connected", sourceLocation: sourceLocation)
            return .closed
        } catch {
            return error
        }
    }

    @Test("where nothing listens it says so, and how to start a broker")
    func refused() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        try await listener.close()
        let error = await failure(BrokerAddress(host: "127.0.0.1", port: port))
        #expect(error.code == .connectionRefused)
        #expect(error.message.contains("127.0.0.1:\(port)") && error.message.contains("zaichik serve"))
    }

    @Test("a host without an address is named")
    func unknownHost() async {
        let error = await failure(BrokerAddress(host: "no-such-host.invalid", port: 8889))
        #expect(error.code == .hostNotFound)
        #expect(error.message.contains("no-such-host.invalid"))
    }

    @Test("something that talks first, or answers in another language, is not zaichik")
    func notZaichik() async throws {
        let talker = try await ScriptedPeer.start(greeting: .bytes(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)))
        #expect(await failure(talker.address).code == .notZaichik)
        let web = try await ScriptedPeer.start { _, _ in
            [.bytes(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), .close]
        }
        let error = await failure(web.address)
        #expect(error.code == .notZaichik)
        #expect(
            error.message.contains("is not zaichik: it sent 'HTTP/1.1 400 Bad Request")
                && error.message.contains("--connect"))
    }

    @Test("a peer that closes without an answer may speak another version")
    func otherVersion() async throws {
        let peer = try await ScriptedPeer.start { _, _ in [.close] }
        let error = await failure(peer.address)
        #expect(error.code == .versionMismatch)
        #expect(error.message.contains("version 2"))
    }

    @Test("a peer that takes the connection and says nothing is given up on in time")
    func silent() async throws {
        let peer = try await ScriptedPeer.start { _, _ in [] }
        #expect(await failure(peer.address, timeout: .milliseconds(100)).code == .timedOut)
    }

    @Test("a broker that refuses says why")
    func brokerRefuses() async throws {
        let peer = try await ScriptedPeer.start { _, _ in
            [.frame(.error(code: ErrorCode.tooManyConnections.rawValue, request: 0, message: "10 are enough")), .close]
        }
        let error = await failure(peer.address)
        #expect(error.code == .refused(.tooManyConnections) && error.message.contains("10 are enough"))
    }
}
