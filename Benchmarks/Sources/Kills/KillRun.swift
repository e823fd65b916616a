import Foundation
import Logging
import NIOCore
import ZaichikBroker
import ZaichikClient
import ZaichikProtocol

/// A broker and a publisher in this process, workers in others, and the kills.
struct KillRun {
    /// A worker that runs, or did.
    struct Worker {
        let process: Process
        let file: URL
    }

    let options: KillOptions

    func run() async throws -> KillReport {
        let folder = URL.temporaryDirectory.appending(path: "zaichik-kills-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = BrokerConfiguration()
        configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
        let broker = try await BrokerServer.start(
            configuration, logger: Logger(label: "broker") { _ in SwiftLogNoOpLogHandler() })
        let address = BrokerAddress(host: "127.0.0.1", port: broker.endpoints[0].port)
        let client = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "boss"))
        let start = ContinuousClock.now
        let killed = try await kill(client, address, folder)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let row = try await client.session(WorkerProcess.session, rows: 0).session
        await client.close()
        await broker.shutdown()
        let ledger = try DoingLedger(messages: options.messages, window: options.window, workers: killed)
        return KillReport(options: options, ledger: ledger, session: row, seconds: seconds)
    }

    /// Publishes everything, and kills workers and starts others until everything is done.
    ///
    /// - Returns: Every worker that there was, all of them killed.
    private func kill(_ client: ZaichikClient, _ address: BrokerAddress, _ folder: URL) async throws -> [URL] {
        var generator = SplitMix(state: options.seed)
        var files: [URL] = []
        var running: [Worker] = []
        defer { for worker in running { Self.kill(worker) } }
        func start() throws {
            let worker = try Self.start(address, folder.appending(path: "\(files.count)"), options)
            files.append(worker.file)
            running.append(worker)
        }
        for _ in 0..<options.workers { try start() }
        // The session is there when the first worker is.
        while try await client.sessions().rows.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        let publishing = Task { try await publish(client) }
        while true {
            let pause = UInt64.random(in: options.pause / 10...options.pause, using: &generator)
            try await Task.sleep(for: .milliseconds(pause))
            if try await isDone(client) { break }
            let index = Int.random(in: 0..<running.count, using: &generator)
            Self.kill(running.remove(at: index))
            try start()
        }
        try await publishing.value
        return files
    }

    private func publish(_ client: ZaichikClient) async throws {
        let topic = try TopicName(WorkerProcess.topic)
        for number in 1...options.messages { try await client.enqueue(.init(string: String(number)), to: topic) }
        let result = try await client.flush()
        guard result.confirmed == options.messages else {
            throw KillOptions.Wrong(description: "only \(result.confirmed) messages were accepted")
        }
    }

    /// Whether every message is published and committed.
    private func isDone(_ client: ZaichikClient) async throws -> Bool {
        let session = try await client.session(WorkerProcess.session, rows: 0).session
        guard session[.lagMessages] == 0,
            let topic = try await client.topics().rows.first(where: { $0.name == WorkerProcess.topic })
        else { return false }
        return topic[.headSequence] == options.messages
    }

    private static func start(_ address: BrokerAddress, _ file: URL, _ options: KillOptions) throws -> Worker {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["worker", address.description, file.path(), String(options.window)]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return Worker(process: process, file: file)
    }

    private static func kill(_ worker: Worker) {
        Foundation.kill(worker.process.processIdentifier, SIGKILL)
        worker.process.waitUntilExit()
    }
}
