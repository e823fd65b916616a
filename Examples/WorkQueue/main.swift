// A work queue: three workers share a session. One of them dies in the middle of a job, and another one does it.

import ExampleSupport
import ZaichikClient
import ZaichikProtocol

/// Connects a worker. Each takes one job at a time.
func connect(_ name: String, to address: BrokerAddress) async throws -> ZaichikClient {
    var configuration = ClientConfiguration(name: name)
    configuration.session = SessionOptions("example.work", mode: .shared)
    configuration.window = 1
    let client = try await ZaichikClient.connect(to: address, configuration: configuration)
    try await client.subscribe(to: "example.jobs")
    return client
}

try await withBroker { address in
    let (jobs, results) = AsyncStream<Delivery>.makeStream()
    var workers: [ZaichikClient] = []
    for name in ["ann", "bob"] {
        let worker = try await connect(name, to: address)
        workers.append(worker)
        Task {
            for try await job in worker.deliveries {
                results.yield(job)
                try job.commit()
            }
        }
    }
    var unlucky: ZaichikClient? = try await connect("cid", to: address)

    let boss = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "boss"))
    for number in 1...12 { try await boss.enqueue("job \(number)", to: "example.jobs") }
    _ = try await boss.flush()

    // This one begins a job, and its connection ends before the job is committed.
    for try await _ in unlucky!.deliveries { break }
    unlucky = nil

    var done: [Delivery] = []
    for await job in jobs {
        done.append(job)
        if done.count == 12 { break }
    }
    print("\(Set(done.map(\.text)).count) different jobs are done")
    for job in done where job.attempt > 1 { print("one of them at attempt \(job.attempt): \(job.cause!)") }
    for worker in workers { await worker.close() }
    await boss.close()
}

// Prints:
// 12 different jobs are done
// one of them at attempt 2: connection ended
