import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A session's own limit of lag")
struct LagReliefTests {
    private static func settings(messages: UInt64 = 0, bytes: UInt64 = 0) -> SessionSettings {
        var settings = SessionSettings()
        settings.lagMessages = messages
        settings.lagBytes = bytes
        return settings
    }

    /// What comes to a client, and what is told as lost to the limit.
    private static func drain(_ bench: inout QueueBench, _ client: Int) -> (payloads: [String], lost: UInt64) {
        var (payloads, lost): ([String], UInt64) = ([], 0)
        while true {
            let output = bench.take(client)
            guard !output.isEmpty else { return (payloads, lost) }
            for case .gap(let reason, _, let first, let last) in output {
                #expect(reason == .limit)
                lost += last - first + 1
            }
            payloads += output.deliveries.map { String(buffer: $0.payload) }
            #expect(bench.commit(client, bench.attachment(client).delivered))
            bench.releaseCommitted(client)
        }
    }

    @Test(
        "the newest messages of all topics stay, as many as the limit allows, and each step looks at some of the topics"
    )
    func messages() throws {
        var bench = QueueBench()
        let topics = try (0..<300).map { try bench.topic("t.\($0)") }
        let client = bench.client(window: 1000)
        try bench.subscribe(client, "t.*")
        var all: [String] = []
        for round in 0..<4 {
            for (number, topic) in topics.enumerated() {
                all.append("\(round).\(number)")
                bench.publish(topic, all.last!)
            }
        }
        let reader = bench.readers[client]
        reader.skip(to: Self.settings(messages: 500))
        var steps = 0
        while reader.isBusy {
            reader.step(now: bench.now, wakes: &bench.wakes)
            steps += 1
        }
        // Measured, searched and taken out a part at a time.
        #expect(steps > 300 / 64 + 300 / 128 + 300 / 16)
        #expect(reader.lag(now: bench.now).messages == 500)
        let (payloads, lost) = Self.drain(&bench, client)
        #expect(payloads == Array(all.suffix(500)))
        #expect(lost == 700)
    }

    @Test(
        "of messages and bytes, the limit counts that leaves less; what is in flight stays, and counts",
        arguments: UInt64(1)...30)
    func both(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var bench = QueueBench()
        let topics = try (0..<5).map { try bench.topic("t.\($0)") }
        let client = bench.client(window: 7)
        try bench.subscribe(client, "t.*")
        for _ in 0..<40 {
            let run = Int.random(in: 1...4, using: &random)
            bench.publish(
                topics.randomElement(using: &random)!,
                (0..<run).map { _ in String(repeating: "x", count: Int.random(in: 0...50, using: &random)) })
        }
        if Bool.random(using: &random) { _ = bench.take(client) }
        let reader = bench.readers[client]
        let before = reader.lag(now: bench.now)
        let limits = Self.settings(
            messages: [0, UInt64.random(in: 1...120, using: &random)].randomElement(using: &random)!,
            bytes: [0, UInt64.random(in: 1...8000, using: &random)].randomElement(using: &random)!)
        reader.skip(to: limits)
        bench.finish(reader)
        let after = reader.lag(now: bench.now)
        #expect(after.inFlight == before.inFlight)
        #expect(after.pending + after.untoldGaps == before.pending)
        guard after.pending > 0 else { return }
        if limits.lagMessages > 0 { #expect(after.messages <= limits.lagMessages) }
        if limits.lagBytes > 0 { #expect(after.bytes <= limits.lagBytes) }
        let isNear =
            limits.lagMessages > 0 && after.messages == limits.lagMessages
            || limits.lagBytes > 0 && after.bytes + 100 > limits.lagBytes
        #expect(after.untoldGaps == 0 || isNear, "no more goes than has to")
    }

    @Test("what is lost of very many returned messages is found a part at a time, in order, and all of it in the end")
    func lostInParts() {
        let outstanding = Outstanding()
        let all = stride(from: UInt64(1), through: 20_001, by: 2).map { $0 }
        for sequence in all {
            outstanding.delivered(sequence...sequence)
            _ = outstanding.giveBack(sequence...sequence, bytes: 10)
        }
        var (found, steps): ([UInt64], Int) = ([], 0)
        while true {
            let (lost, isAll) = outstanding.lose(below: 15_000)
            #expect(lost.count <= 1024)
            found += lost.joined()
            steps += 1
            if isAll { break }
        }
        #expect(found == all.filter { $0 < 15_000 })
        #expect(steps == (found.count + 1023) / 1024)
        #expect(outstanding.returned.lowest == 15_001)
    }
}
