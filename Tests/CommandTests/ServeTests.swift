import Foundation
import NIOCore
import NIOPosix
import Testing
import ZaichikProtocol

@testable import Zaichik

@Suite("serve and stop", .serialized, .timeLimit(.minutes(1)))
struct ServeTests {
    @Test("it prints a line for each address, with the true port")
    func listening() async throws {
        let broker = try await ServedBroker.start(["--listen", "127.0.0.1:0"])
        try await eventually("both lines are there") { broker.running.output.split(separator: "\n").count == 2 }
        for line in broker.running.output.split(separator: "\n") {
            #expect(line.hasPrefix("zaichik 0.1.0 listening on 127.0.0.1:"))
            let port = line.split(separator: ":").last.map(String.init) ?? ""
            let listed = try await broker.run("topic", "ls", "--connect", "127.0.0.1:\(port)")
            #expect(listed.status == 0)
        }
    }

    @Test("stop ends it by its pid file, clients are told, and the file is gone")
    func stop() async throws {
        let broker = try await ServedBroker.start()
        let file = try #require(broker.environment["XDG_RUNTIME_DIR"]) + "/zaichik/\(broker.port).pid"
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "\(broker.running.pid) \(broker.address)\n")
        let reader = try broker.begin("sub", "x", "--name", "reader", "--no-reconnect")
        try await broker.waitForSubscriber("reader")
        let stopped = try await broker.run("stop", "--port", broker.port)
        #expect(stopped.status == 0 && stopped.errors.contains("has stopped"))
        let ended = await broker.running.finished()
        #expect(ended.status == 0 && ended.errors.contains("stopping"))
        #expect(!FileManager.default.fileExists(atPath: file))
        let told = await reader.finished()
        #expect(told.status == 69 && told.errors.contains("the broker is stopping"))
        let again = try await broker.run("stop", "--connect", broker.address)
        #expect(again.status == 1 && again.errors.contains("no broker of this user"))
    }

    @Test("stop finds a broker whose pid file is missing by its port")
    func missingPidFile() async throws {
        let broker = try await ServedBroker.start()
        let elsewhere = URL.temporaryDirectory.appending(path: "zaichik-run-\(UUID().uuidString)").path()
        let stopped = await (try Running(["stop", "--port", broker.port], environment: ["XDG_RUNTIME_DIR": elsewhere]))
            .finished()
        #expect(stopped.status == 0 && stopped.errors.contains("process \(broker.running.pid)"), "\(stopped)")
        #expect(await broker.running.finished().status == 0)
    }

    @Test("stop leaves a broker here alone when one elsewhere is named", arguments: [true, false])
    func stopElsewhere(byOption: Bool) async throws {
        let broker = try await ServedBroker.start()
        let other = "203.0.113.1:\(broker.port)"
        var environment = broker.environment
        environment["ZAICHIK_ADDRESS"] = byOption ? nil : other
        let refused = await (try Running(["stop"] + (byOption ? ["--connect", other] : []), environment: environment))
            .finished()
        #expect(refused.status == 64 && refused.errors.contains("has to be stopped there"), "\(refused)")
        #expect(try await broker.run("topic", "ls").status == 0)
    }

    @Test("names and addresses of this machine, and others")
    func thisMachine() {
        for host in [
            "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", ProcessInfo.processInfo.hostName,
        ] {
            #expect(ThisMachine.isCalled(host), "\(host)")
        }
        for host in ["10.255.0.9", "203.0.113.1", "2001:db8::1"] { #expect(!ThisMachine.isCalled(host), "\(host)") }
    }

    @Test("the listeners of a port are read from the kernel's table")
    func listeners() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:22B9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0
               1: 0100007F:22B9 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 100 0
               2: 0100007F:22B9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 333 1 0 100 0
               3: 0100007F:22BA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 444 1 0 100 0
            """
        #expect(PortOwner.inodes(listing: table, port: 8889, user: 1000) == ["111"])
    }

    @Test("a pid file whose process is not zaichik is not believed")
    func stalePidFile() async throws {
        let folder = URL.temporaryDirectory.appending(path: "zaichik-run-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "zaichik"), withIntermediateDirectories: true)
        // This process lives, and is not zaichik: stopping it would end the test.
        let pid = ProcessInfo.processInfo.processIdentifier
        try Data("\(pid) 127.0.0.1:9\n".utf8).write(to: folder.appending(path: "zaichik/9.pid"))
        let stopped = await (try Running(["stop", "--port", "9"], environment: ["XDG_RUNTIME_DIR": folder.path()]))
            .finished()
        #expect(stopped.status == 1 && stopped.errors.contains("no broker of this user"))
    }

    @Test("SIGTERM and SIGINT end it in good order", arguments: [SIGTERM, SIGINT])
    func signals(number: Int32) async throws {
        let broker = try await ServedBroker.start()
        broker.running.signal(number)
        let ended = await broker.running.finished()
        #expect(ended.status == 0 && ended.errors.contains("stopped"))
    }

    @Test("a second signal ends it at once")
    func secondSignal() async throws {
        let broker = try await ServedBroker.start()
        let socket = try await stubbornReader(of: broker)
        broker.running.signal(SIGTERM)
        try await eventually("it is stopping") { broker.running.errors.contains("stopping") }
        broker.running.signal(SIGINT)
        #expect(await broker.running.finished().status == 130)
        // Ended with the process.
        try? await socket.close()
    }

    /// A client that does not read what it is owed: a broker that stops waits for it a while.
    private func stubbornReader(of broker: ServedBroker) async throws -> any Channel {
        let port = try #require(Int(broker.port))
        let socket = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        var bytes = ByteBuffer(bytes: Preface.bytes)
        ClientFrame.hello(Hello(window: 100_000, name: "stubborn")).write(to: &bytes)
        ClientFrame.subscribe(request: 1, pattern: "much", from: .new).write(to: &bytes)
        try await socket.writeAndFlush(bytes)
        try await broker.waitForSubscriber("stubborn")
        let much = String(repeating: "x", count: 100_000)
        #expect(try await broker.run("pub", "much", much, "--count", "300").status == 0)
        try await eventually("it does not read") {
            try await broker.run("client", "ls", "--json", "stubborn").output.contains("not reading")
        }
        return socket
    }

    @Test("stop does not believe a pid file that names the broker of another port")
    func otherPort() async throws {
        let broker = try await ServedBroker.start()
        let folder = try #require(broker.environment["XDG_RUNTIME_DIR"]) + "/zaichik"
        try Data("\(broker.running.pid) 127.0.0.1:9\n".utf8).write(to: URL(filePath: "\(folder)/9.pid"))
        let stopped = try await broker.run("stop", "--port", "9")
        #expect(stopped.status == 1 && stopped.errors.contains("no broker of this user runs on port 9"), "\(stopped)")
        #expect(try await broker.run("topic", "ls").status == 0)
    }

    @Test("stop does not follow a link, and finds the broker by its port all the same")
    func linkedPidFile() async throws {
        let broker = try await ServedBroker.start()
        let folder = URL.temporaryDirectory.appending(path: "zaichik-run-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let own = try #require(broker.environment["XDG_RUNTIME_DIR"]) + "/zaichik"
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending(path: "zaichik").path(), withDestinationPath: own)
        let environment = ["XDG_RUNTIME_DIR": folder.path()]
        let refused = await (try Running(["stop", "--port", "9"], environment: environment)).finished()
        #expect(
            refused.status == 1 && refused.errors.contains("zaichik is not trusted: it is a symbolic link"),
            "\(refused)")
        let stopped = await (try Running(["stop", "--port", broker.port], environment: environment)).finished()
        #expect(stopped.status == 0 && stopped.errors.contains("not trusted"), "\(stopped)")
        #expect(await broker.running.finished().status == 0)
    }

    @Test("of two brokers on one port, stop ends the one that is named, or asks which")
    func samePort() async throws {
        let one = try await ServedBroker.start()
        let other = try Running(["serve", "--listen", "127.0.0.2:\(one.port)"], environment: one.environment)
        try await eventually("it listens") { other.output.hasSuffix("\n") }
        let unclear = try await one.run("stop", "--connect", one.address)
        #expect(unclear.status == 1 && unclear.errors.contains("2 brokers listen on port"), "\(unclear)")
        let named = try await one.run("stop", "--connect", "127.0.0.2:\(one.port)")
        #expect(named.status == 0 && named.errors.contains("process \(other.pid)"), "\(named)")
        #expect(await other.finished().status == 0)
        #expect(try await one.run("topic", "ls").status == 0)
    }

    @Test("a second signal leaves no pid file")
    func secondSignalRemovesFile() async throws {
        let broker = try await ServedBroker.start(["--loops", "1"])
        let socket = try await stubbornReader(of: broker)
        let file = try #require(broker.environment["XDG_RUNTIME_DIR"]) + "/zaichik/\(broker.port).pid"
        #expect(FileManager.default.fileExists(atPath: file))
        broker.running.signal(SIGTERM)
        try await eventually("it is stopping") { broker.running.errors.contains("stopping") }
        broker.running.signal(SIGTERM)
        #expect(await broker.running.finished().status == 143)
        #expect(!FileManager.default.fileExists(atPath: file))
        try? await socket.close()
    }

    @Test("serve warns of an address that others can reach, and not of a loopback address")
    func exposed() async throws {
        let broker = try await ServedBroker.start(["--listen", "0.0.0.0:0"])
        try await eventually("it is warned of") { broker.running.errors.contains("can read and publish everything") }
        #expect(broker.running.errors.split(separator: "\n").count { $0.contains(" warning ") } == 1)
        for host in ["127.0.0.1", "127.9.9.9", "localhost", "::1"] { #expect(ThisMachine.isLoopback(host), "\(host)") }
        for host in ["0.0.0.0", "::", "10.0.0.1", "2001:db8::1", "example.org"] {
            #expect(!ThisMachine.isLoopback(host), "\(host)")
        }
    }

    @Test("a broker whose log is not read serves clients all the same, and SIGTERM ends it")
    func unreadLog() async throws {
        let broker = try await ServedBroker.start(["--log-level", "debug"], readsErrors: false)
        let port = try #require(Int(broker.port))
        // A line at least each for coming and going: far more than a pipe and the queue of lines hold.
        for _ in 1...50 {
            try await withThrowingTaskGroup { group in
                for _ in 1...30 {
                    group.addTask {
                        let socket = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                            .connect(host: "127.0.0.1", port: port).get()
                        var bytes = ByteBuffer(bytes: Preface.bytes)
                        ClientFrame.hello(Hello(window: 1, name: String(repeating: "x", count: 200))).write(to: &bytes)
                        try await socket.writeAndFlush(bytes)
                        try await socket.close()
                    }
                }
                try await group.waitForAll()
            }
        }
        // On a busy machine many of those connections are still to be accepted.
        try await eventually("it lists its topics") { try await broker.run("topic", "ls").status == 0 }
        broker.running.signal(SIGTERM)
        #expect(await broker.running.finished().status == 0)
    }

    @Test("the log is silent but for start and stop, and says more when asked")
    func logging() async throws {
        let quiet = try await ServedBroker.start()
        _ = try await quiet.run("pub", "t", "x")
        quiet.running.signal(SIGTERM)
        let quietLog = await quiet.running.finished().errors
        #expect(quietLog.split(separator: "\n").count == 3, "\(quietLog)")
        let loud = try await ServedBroker.start(["--log-level", "trace"])
        _ = try await loud.run("pub", "t", "x")
        loud.running.signal(SIGTERM)
        #expect(await loud.running.finished().errors.split(separator: "\n").count > 3)
    }
}
