// What clients that are far behind cost: the publisher in time, the broker in memory.
//
// One row a run: a fresh broker keeps the same million messages, with no client, with one and with a hundred that
// get none of them because their window is 0. The runs alternate, so that a change of the machine's speed meets all.
import Foundation
import Logging
import NIOCore
import ZaichikBroker
import ZaichikClient
import ZaichikProtocol

let messages = 1_000_000
let payload = ByteBuffer(repeating: 0x78, count: 128)
let readers = [0, 1, 100]
let rounds = 5

struct Row {
    var nanosecondsPerMessage: Double
    var brokerNanosecondsPerMessage: Double
    var memory: Int
    var retained: UInt64
    var lag: UInt64
}

func run(readers count: Int) async throws -> Row {
    let broker = try BrokerProcess()
    defer { broker.stop() }
    var paused = ClientConfiguration()
    paused.window = 0
    var settings = TopicSettingsChange()
    settings[.historyBytes] = 1 << 30
    let topic = try TopicName("benchmark")
    let publisher = try await ZaichikClient.connect(to: broker.address)
    _ = try await publisher.createTopic(topic, settings: settings)
    var slow: [ZaichikClient] = []
    for _ in 0..<count {
        let client = try await ZaichikClient.connect(to: broker.address, configuration: paused)
        try await client.subscribe(to: TopicPattern(topic.string))
        slow.append(client)
    }
    let started = ContinuousClock.now
    let before = broker.processorTime
    for _ in 0..<messages { try await publisher.enqueue(payload, to: topic) }
    _ = try await publisher.flush()
    let elapsed = ContinuousClock.now - started
    let spent = broker.processorTime - before
    let clients = try await publisher.clients(ClientQuery(sort: .lagMessages))
    let kept = try await publisher.topics().rows.first { $0.name == topic.string }?[.retainedBytes] ?? 0
    let row = Row(
        nanosecondsPerMessage: elapsed / .nanoseconds(1) / Double(messages),
        brokerNanosecondsPerMessage: spent * 1e9 / Double(messages), memory: broker.memory, retained: kept,
        lag: clients.rows.first?[.lagMessages] ?? 0)
    for client in slow { await client.close() }
    await publisher.close()
    return row
}

func serve() async throws {
    var configuration = BrokerConfiguration()
    configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
    let server = try await BrokerServer.start(
        configuration, logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
    FileHandle.standardOutput.write(Data("\(server.endpoints[0].port)\n".utf8))
    await server.waitUntilStopped()
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

if CommandLine.arguments.contains(BrokerProcess.serveArgument) {
    try await serve()
} else {
    var rows: [Int: [Row]] = [:]
    for round in 0..<rounds {
        FileHandle.standardError.write(Data("round \(round + 1) of \(rounds)\n".utf8))
        for count in readers { rows[count, default: []].append(try await run(readers: count)) }
    }
    print("\(messages) messages of \(payload.readableBytes) B, medians of \(rounds) runs")
    print(
        "clients  each behind  publish ns/message  broker CPU ns/message  ratio  broker MiB  kept MiB  bytes/message/client"
    )
    let base = rows[0]!
    let baseMemory = median(base.map { Double($0.memory) })
    let baseTime = median(base.map(\.nanosecondsPerMessage))
    for count in readers {
        let row = rows[count]!
        let memory = median(row.map { Double($0.memory) })
        let perClient = count == 0 ? 0 : (memory - baseMemory) / Double(count) / Double(messages)
        print(
            String(
                format: "%7d  %11d  %18.0f  %21.0f  %5.2f  %10.1f  %8.1f  %20.3f", count, Int(row[0].lag),
                median(row.map(\.nanosecondsPerMessage)), median(row.map(\.brokerNanosecondsPerMessage)),
                median(row.map(\.nanosecondsPerMessage)) / baseTime, memory / 1_048_576,
                median(row.map { Double($0.retained) }) / 1_048_576, perClient))
    }
}
