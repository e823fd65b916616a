import NIOCore
import ZaichikProtocol

extension ResidentScene {
    /// Messages that topics keep.
    static let logs = [
        ResidentScene(name: "segments-200000") { stage, load in
            let ids = try stage.createTopics(stage.count(200_000))
            let publisher = try Offender(stage)
            load.add([publisher])
            // Messages alternate between the topics, so that no two consecutive ones lie side by side.
            for chunk in stride(from: 0, to: ids.count, by: 10_000) {
                let some = Array(ids[chunk..<min(chunk + 10_000, ids.count)])
                try publisher.publish(FrameBatch(topicIDs: some, count: some.count, payload: 0), times: 4)
            }
            try publisher.awaitConfirms()
            return "\(FigureText.count(publisher.published)) messages of 28 B, \(publisher.count(.reject)) refused"
        },
        ResidentScene(name: "busy-topic") { stage, load in
            let publisher = try Offender(stage)
            let id = try publisher.topic("busy")
            let reader = try Offender(stage, window: 100)
            try reader.ask { .subscribe(request: $1, pattern: "busy", from: .new) }
            load.add([publisher, reader])
            let batch = FrameBatch(topicID: id, count: 100, payload: 4000)
            try publisher.publish(batch, times: 1500)
            try publisher.awaitConfirms()
            return "\(FigureText.count(publisher.published)) messages, \(publisher.count(.reject)) refused"
        },
        backlog("backlog-1GiB", topics: 1), backlog("backlog-1GiB-in-1000", topics: 1000),
    ]

    /// A large backlog that is taken and committed in the end.
    private static func backlog(_ name: String, topics: Int) -> ResidentScene {
        ResidentScene(name: name, memoryLimit: 1 << 30) { stage, load in
            let publisher = try Offender(stage)
            let ids = try (0..<topics).map {
                try publisher.topic("backlog.\($0)", [.limit: 8 << 30, .historyBytes: 0])
            }
            let reader = try Offender(stage)
            try reader.ask { .subscribe(request: $1, pattern: "backlog.*", from: .new) }
            load.add([publisher, reader])
            let batch = FrameBatch(topicIDs: ids, count: 1000, payload: 1000)
            try publisher.publish(batch, times: stage.isQuick ? 500 : 1200)
            try publisher.awaitConfirms()
            load.atEnd = {
                try reader.send(.window(1 << 20))
                // Each turn without a delivery is one of 10 ms: half a second of them is the end.
                var idle = 0
                while idle < 50 {
                    if try reader.receive() {
                        idle = 0
                        try reader.send(.commit(UInt64(reader.count(.deliver))))
                    } else {
                        idle += 1
                        Monotonic.sleep(milliseconds: 10)
                    }
                }
                return ", \(FigureText.count(reader.count(.deliver))) taken"
            }
            return "\(FigureText.count(publisher.published)) messages, \(publisher.count(.reject)) refused"
        }
    }
}
