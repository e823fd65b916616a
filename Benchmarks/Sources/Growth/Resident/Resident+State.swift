import NIOCore
import ZaichikProtocol

extension ResidentScene {
    /// State of topics, readers, subscriptions and keys.
    static let state = [
        ResidentScene(name: "cursors-200x200000") { stage, load in
            let topics = stage.count(200_000)
            try stage.createTopics(topics)
            let readers = try load.connect(200, stage) { reader, _ in
                try reader.ask { .subscribe(request: $1, pattern: ">", from: .new) }
            }
            return "\(readers) readers of \(FigureText.count(topics)) topics"
        },
        ResidentScene(name: "patterns-200x10000") { stage, load in
            let padding = String(repeating: "x", count: 200)
            let readers = try load.connect(200, stage) { reader, index in
                try reader.ask(count: stage.count(10_000)) {
                    .subscribe(request: $1, pattern: "a.\(index).\($0).\(padding).*", from: .new)
                }
            }
            return "\(readers) with \(FigureText.count(stage.count(10_000))) patterns"
        },
        ResidentScene(name: "names-1000000") { stage, load in
            let creator = try Offender(stage)
            load.add([creator])
            let padding = String(repeating: "n", count: 240)
            try creator.ask(count: stage.count(1_000_000)) { .topic(request: $1, name: "\(padding)\($0)") }
            return "\(FigureText.count(creator.topicIDs.count)) topics"
        },
        keys("keys-topic", scope: .topic, readers: 0), keys("keys-consumer", scope: .consumer, readers: 4),
        ResidentScene(name: "runs-20x1048576") { stage, load in
            let publisher = try Offender(stage)
            let ids = try ["a", "b"].map { try publisher.topic($0) }
            let readers = try stage.connect(20, window: 1 << 20) { reader, _ in
                try reader.ask(count: 2) { .subscribe(request: $1, pattern: ["a", "b"][$0], from: .new) }
            }
            load.add(readers)
            let batch = FrameBatch(topicIDs: ids, count: 1024, payload: 0)
            for _ in 0..<1024 {
                try publisher.publish(batch, times: 1)
                try load.receive()
            }
            let last = Monotonic.now + 2_000_000_000
            while Monotonic.now < last { try load.receive() }
            return "\(FigureText.count(readers.reduce(0) { $0 + $1.count(.deliver) })) in flight"
        },
    ]

    /// Keys that are never seen again, in a window of an hour.
    private static func keys(
        _ name: String, scope: TopicSettings.DeduplicationScope, readers: Int
    ) -> ResidentScene {
        ResidentScene(name: name, memoryLimit: 64 << 20) { stage, load in
            let publisher = try Offender(stage)
            let id = try publisher.topic(
                "keys",
                [
                    .deduplicationWindow: 3_600_000, .deduplicationScope: UInt64(scope.rawValue),
                    .historyBytes: 1 << 20,
                ])
            let readers = try stage.connect(readers, window: 1 << 20) { reader, _ in
                try reader.ask { .subscribe(request: $1, pattern: "keys", from: .new) }
            }
            load.add(readers)
            var batch = FrameBatch(topicID: id, count: 1000, key: 16, payload: 0)
            let end = Monotonic.now + 15_000_000_000
            while publisher.published < stage.count(10_000_000), Monotonic.now < end {
                batch.number(from: publisher.published)
                try publisher.publish(batch, times: 1)
                try load.receive(commits: true)
            }
            return "\(FigureText.count(publisher.published)) keys, \(readers.count) readers"
        }
    }
}
