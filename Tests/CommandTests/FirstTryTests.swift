import Foundation
import NIOCore
import NIOPosix
import Testing

/// What goes wrong on a first try, and whether the message says what would be right.
@Suite("The first try", .serialized, .timeLimit(.minutes(1)))
struct FirstTryTests {
    /// Listens on a free port and answers whatever comes with `answer`, or closes: then, or at once.
    private func withListener(
        answer: String?, closesAtOnce: Bool = false, _ test: (Int) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer: answer))
                    if closesAtOnce { channel.eventLoop.execute { channel.close(promise: nil) } }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await test(try #require(listener.localAddress?.port))
        try await listener.close()
    }

    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Finished {
        await (try Running(arguments, environment: environment)).finished()
    }

    @Test(
        "nothing listens: every command says where, and how to start a broker",
        arguments: [
            ["pub", "t", "x"], ["sub", "t"], ["topic", "ls"], ["topic", "create", "t"], ["topic", "info", "t"],
            ["client", "ls"], ["client", "info", "1"], ["lag"], ["bench"],
        ])
    func nothingListens(command: [String]) async throws {
        // Bound, so that no other test gets the port, and not listening.
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &address) { bytes in
            let address = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            #expect(bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0)
        }
        let port = UInt16(bigEndian: address.sin_port)
        let failed = await (try Running(command + ["--connect", "127.0.0.1:\(port)"])).finished()
        #expect(failed.status == 69 && failed.output.isEmpty)
        #expect(
            failed.errors
                == "zaichik: cannot connect to 127.0.0.1:\(port): nothing listens there. "
                + "Start a broker with: zaichik serve\n")
    }

    @Test("something else listens: it is not zaichik")
    func somethingElse() async throws {
        try await withListener(answer: "HTTP/1.1 400 Bad Request\r\n\r\n") { port in
            let failed = try await run("topic", "ls", "--connect", "127.0.0.1:\(port)")
            #expect(failed.status == 69 && failed.errors.contains("is not zaichik"))
        }
    }

    @Test("a peer that closes at once cannot be connected to, whatever the command")
    func closesAtOnce() async throws {
        try await withListener(answer: nil, closesAtOnce: true) { port in
            for command in [["pub", "t", "x"], ["sub", "t"], ["topic", "ls"], ["lag"], ["bench"]] {
                let failed = await (try Running(command + ["--connect", "127.0.0.1:\(port)"])).finished()
                #expect(failed.status == 69 && failed.output.isEmpty, "\(command): \(failed)")
                #expect(failed.errors.split(separator: "\n").count == 1)
            }
        }
    }

    @Test("another version listens")
    func otherVersion() async throws {
        try await withListener(answer: nil) { port in
            let failed = try await run("topic", "ls", environment: ["ZAICHIK_ADDRESS": "127.0.0.1:\(port)"])
            #expect(failed.status == 69 && failed.errors.contains("another protocol version"))
        }
    }

    @Test("the port is taken by zaichik: use it, stop it, or choose another")
    func takenByZaichik() async throws {
        let broker = try await ServedBroker.start()
        let failed = try await run("serve", "--listen", broker.address, environment: broker.environment)
        #expect(failed.status == 1 && failed.output.isEmpty)
        #expect(failed.errors.contains("a zaichik broker runs there already"))
        #expect(failed.errors.contains("zaichik stop --port \(broker.port)"))
        #expect(failed.errors.contains("--listen 127.0.0.1:0"))
    }

    @Test("the port is taken by something else: say how to find out what it is")
    func takenByOther() async throws {
        try await withListener(answer: "220 mail\r\n") { port in
            let failed = try await run("serve", "--listen", "127.0.0.1:\(port)")
            #expect(failed.status == 1)
            #expect(failed.errors.contains("not zaichik") && failed.errors.contains("ss -ltnp"))
        }
    }

    @Test("an address that this machine does not have")
    func foreignAddress() async throws {
        let failed = try await run("serve", "--listen", "203.0.113.1:8889")
        #expect(failed.status == 1 && failed.errors.contains("203.0.113.1:8889"))
        #expect(failed.errors.contains("this machine has no address 203.0.113.1"))
        #expect(failed.errors.contains("address of this machine"))
    }

    @Test("help shows defaults as one would write them")
    func defaults() async throws {
        let help = try await run("sub", "--help").output
        #expect(help.contains("Default: new") && !help.contains("StartText"))
        #expect(try await run("lag", "--help").output.contains("Default: 1s"))
        #expect(try await run("stop", "--help").output.contains("Default: 10s"))
    }

    @Test("the version goes to standard output")
    func version() async throws {
        let version = try await run("--version")
        #expect(version.status == 0 && version.output == "zaichik 0.1.0\n" && version.errors.isEmpty)
    }
}

/// Answers the first bytes with a text, or closes.
private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String?

    init(answer: String?) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let answer else { return context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }
}
